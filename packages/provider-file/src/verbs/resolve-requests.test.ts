import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretRequest, SecretVersion } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { contextOf, inProcess, openFile, read, tempFolder } from "../../test/support.js";

function request(id: string, path: string, version: SecretVersion = { kind: "latest" }): SecretRequest {
  return { id, path, selector: { kind: "whole" }, version, volatile: false };
}

describe("resolve", () => {
  it("answers for every request, also of one path twice", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, ".env"), "A=1\n");
    const provider = openFile({ path: ".env" }, folder);
    const outcomes = await provider.resolve(
      [
        request("1", "A"),
        request("2", "A"),
        request("3", "B"),
        request("4", "A", { kind: "exact", version: "x" }),
        request("5", "A", { kind: "label", label: "x" }),
      ],
      contextOf(),
    );
    expect(outcomes.map(({ id, status }) => [id, status])).toEqual([
      ["1", "found"],
      ["2", "found"],
      ["3", "not-found"],
      ["4", "unsupported"],
      ["5", "unsupported"],
    ]);
    expect(await provider.resolve([], contextOf())).toEqual([]);
  });

  it("rejects with the reason of an aborted signal", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "a"), "x");
    const provider = openFile({ path: folder });
    const reason = new Error("enough");
    const before = contextOf({ signal: AbortSignal.abort(reason) });
    await expect(read(provider, "a", before)).rejects.toBe(reason);
    await expect(provider.check(before)).rejects.toBe(reason);
    await expect(Array.fromAsync(provider.list({}, before))).rejects.toBe(reason);
    const controller = new AbortController();
    const during = read(provider, "a", contextOf({ signal: controller.signal }));
    controller.abort(reason);
    await expect(during).rejects.toBe(reason);
  });

  it("says of a denied file that it is, never that it is missing", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "denied.json"), '{"a":1}', { mode: 0o000 });
    await mkdir(join(folder, "closed"));
    await writeFile(join(folder, "closed", "a.json"), '{"a":1}');
    await mkdir(join(folder, "store"));
    await writeFile(join(folder, "store", "denied"), "x", { mode: 0o000 });
    await writeFile(join(folder, "store", "open"), "x", { mode: 0o644 });
    await mkdir(join(folder, "store", "closed"));
    await chmod(join(folder, "store", "closed"), 0o000);
    await chmod(join(folder, "closed"), 0o000);
    await chmod(join(folder, "denied.json"), 0o000);
    const result = await inProcess(
      `
      const [folder] = args;
      const read = async (path, ...names) => {
        const requests = names.map((name) => ({ id: name, path: name, selector: { kind: "whole" },
          version: { kind: "latest" }, volatile: false }));
        const outcomes = await open({ path: folder + path }).resolve(requests, context);
        return outcomes.map(({ status, reason, message }) => [status, reason, message]);
      };
      const store = open({ path: folder + "/store" });
      console.log(JSON.stringify({
        file: await read("/denied.json", "a"),
        inside: await read("/closed/a.json", "a"),
        directory: await read("/store", "denied", "open", "closed/a"),
        listed: await Array.fromAsync(store.list({}, context)).catch((error) => error.failure.status),
        put: await open({ path: folder + "/new.env" }).put({ path: "A", value: SecretValue.fromText("x") }, context),
        check: (await open({ path: folder + "/denied.json" }).check(context)).findings,
      }));
      `,
      folder,
    );
    const denied = (path: string) => [
      "denied",
      "EACCES",
      `cannot be reached: the operating system refuses access to ${path} (EACCES)`,
    ];
    expect(result).toMatchObject({
      file: [denied(`${folder}/denied.json`)],
      inside: [denied(`${folder}/closed/a.json`)],
      directory: [
        denied(`${folder}/store/denied`),
        ["found", null, null],
        denied(`${folder}/store/closed/a`),
      ],
      listed: "denied",
      put: { status: "denied", reason: "EACCES" },
      check: [{ aspect: "reachable", status: "failed" }],
    });
  });
});
