import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import {
  contextOf,
  failure,
  openFile,
  pagesOf,
  pathsOf,
  read,
  reveal,
  tempFolder,
} from "../../test/support.js";
import { createVolume, updateVolume } from "../../test/kubernetes-volume.js";

describe("a directory", () => {
  it("gives the exact bytes of a file", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "tls"));
    await writeFile(join(folder, "tls", "key.der"), Uint8Array.of(0, 255, 10));
    const outcome = await read(openFile({ path: folder }), "tls/key.der");
    expect(outcome).toMatchObject({ status: "found", version: expect.any(String) as string });
    expect(
      outcome.status === "found" && SecretValue.isInstance(outcome.value) && outcome.value.bytes(),
    ).toEqual(Uint8Array.of(0, 255, 10));
  });

  it("suggests a neighbour for a name that is missing", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "db"));
    await writeFile(join(folder, "db", "password"), "x");
    const provider = openFile({ path: folder });
    const message = `is not in ${folder}`;
    expect(await failure(provider, "db/pasword")).toMatchObject({
      status: "not-found",
      message,
      remedy: 'Did you mean "db/password"?',
    });
    expect(await failure(provider, "other/x")).toMatchObject({ status: "not-found", message });
    expect(await failure(provider, "db/password/x")).toMatchObject({ status: "not-found", message });
  });

  it.each(["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", "a/", "..data/key", "..x", "a\0b"])(
    "takes %j for no path",
    async (path) => {
      const folder = await tempFolder();
      await writeFile(join(folder, "..x"), "x");
      expect(await failure(openFile({ path: folder }), path)).toMatchObject({
        status: "invalid",
        reason: "bad-path",
      });
    },
  );

  it("follows links that stay inside, and denies those that lead out", async () => {
    const folder = await tempFolder();
    const root = join(folder, "store");
    await mkdir(join(root, "sub"), { recursive: true });
    await writeFile(join(folder, "outside"), "CANARY");
    await writeFile(join(root, "sub", "real"), "inside");
    await symlink("sub/real", join(root, "link"));
    await symlink("sub", join(root, "dir"));
    await symlink("../outside", join(root, "escape"));
    await symlink("..", join(root, "up"));
    await symlink("nowhere", join(root, "dangling"));
    await symlink("loop", join(root, "loop"));
    await symlink(".", join(root, "self"));
    const provider = openFile({ path: root });

    expect(await reveal(provider, "link")).toBe("inside");
    expect(await reveal(provider, "dir/real")).toBe("inside");
    expect(await reveal(provider, "self/self/link")).toBe("inside");
    for (const path of ["escape", "up/outside", "up/missing"])
      expect(await failure(provider, path)).toMatchObject({ status: "denied", reason: "outside-store" });
    expect(await failure(provider, "dangling")).toMatchObject({ status: "not-found" });
    expect(await failure(provider, "loop")).toMatchObject({ status: "invalid", reason: "ELOOP" });
    expect(await pathsOf(provider)).toEqual(["dir/real", "link", "sub/real"]);
  });

  it("may itself be a link", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "real"));
    await writeFile(join(folder, "real", "a"), "x");
    await symlink("real", join(folder, "store"));
    expect(await reveal(openFile({ path: join(folder, "store") }), "a")).toBe("x");
  });

  it("never waits for a pipe, and takes only regular files", async () => {
    const folder = await tempFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await mkdir(join(folder, "sub"));
    const provider = openFile({ path: folder });
    for (const path of ["pipe", "sub"])
      expect(await failure(provider, path)).toMatchObject({ status: "invalid", reason: "not-a-file" });
    expect(await pathsOf(provider)).toEqual([]);
    const single = openFile({ path: join(folder, "pipe") });
    expect(await failure(single, "A")).toMatchObject({ status: "invalid", reason: "not-a-file" });
  });

  it("refuses a file larger than maxBytes, and only that one", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "small"), "x".repeat(10));
    await writeFile(join(folder, "large"), "x".repeat(11));
    const provider = openFile({ path: folder, maxBytes: 10 });
    expect(await reveal(provider, "small")).toHaveLength(10);
    expect(await failure(provider, "large")).toMatchObject({ status: "invalid", reason: "too-large" });
  });

  it("says when it is missing, or none", async () => {
    const folder = await tempFolder();
    const path = join(folder, "x");
    const provider = openFile({ path, format: "directory" });
    expect(await failure(provider, "a")).toMatchObject({ status: "invalid", reason: "store-missing" });
    await writeFile(path, "");
    expect(await failure(provider, "a")).toMatchObject({ status: "invalid", reason: "not-a-directory" });
  });
});

describe("a mounted Kubernetes Secret", () => {
  it("shows its keys and nothing of how it is made", async () => {
    const volume = join(await tempFolder(), "volume");
    await createVolume(volume, { user: "u1", "sub/password": "p1" });
    const provider = openFile({ path: volume });
    expect(await reveal(provider, "user")).toBe("u1");
    expect(await reveal(provider, "sub/password")).toBe("p1");
    const [page] = await pagesOf(provider);
    expect(page?.items.map(({ path }) => path)).toEqual(["sub/password", "user"]);
    expect(page?.complete).toBe(true);
  });

  it("is read in one generation while it is being replaced", async () => {
    const volume = join(await tempFolder(), "volume");
    await createVolume(volume, { user: "0", password: "0" });
    const provider = openFile({ path: volume });
    const requests = ["user", "password"].map((path) => ({
      id: path,
      path,
      selector: { kind: "whole" as const },
      version: { kind: "latest" as const },
      volatile: false,
    }));
    const replaceAll = async (): Promise<void> => {
      for (let n = 1; n <= 40; n++) {
        await updateVolume(volume, { user: `${n}`, password: `${n}` });
        await sleep(3);
      }
    };
    const replaced = replaceAll();
    let reads = 0;
    for (let last = ""; last !== "40"; reads++) {
      const outcomes = await provider.resolve(requests, contextOf());
      const texts = outcomes.map((outcome) =>
        outcome.status === "found" && SecretValue.isInstance(outcome.value)
          ? outcome.value.text()
          : outcome.status,
      );
      expect(texts[0]).toMatch(/^\d+$/);
      expect(texts[0]).toBe(texts[1]);
      last = texts[0] ?? "";
    }
    await replaced;
    expect(reads).toBeGreaterThan(5);
  });
});
