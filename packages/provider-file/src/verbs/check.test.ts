import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contextOf, openFile, tempFolder } from "../../test/support.js";
import type { FileOptions } from "../file-options.js";

async function findingsOf(options: FileOptions): Promise<unknown> {
  const { findings } = await openFile(options).check(contextOf());
  for (const { status, remedy } of findings) expect(remedy !== undefined).toBe(status !== "ok");
  return findings.map(({ aspect, status, message }) => [aspect, status, message]);
}

describe("check", () => {
  it("finds a file in order, or open to others", async () => {
    const path = join(await tempFolder(), ".env");
    await writeFile(path, "A=1\n", { mode: 0o600 });
    expect(await findingsOf({ path })).toEqual([
      ["reachable", "ok", `${path} can be read`],
      ["permissions", "ok", "Only the owner has access"],
      ["parsable", "ok", "It is well-formed"],
    ]);
    await chmod(path, 0o640);
    const { findings } = await openFile({ path }).check(contextOf());
    expect(findings[1]).toEqual({
      aspect: "permissions",
      status: "warning",
      message: `${path} can be used by others than the owner`,
      remedy: `chmod 600 ${path}`,
    });
  });

  it("finds a file missing or malformed", async () => {
    const path = join(await tempFolder(), "x.json");
    expect(await findingsOf({ path })).toEqual([
      ["reachable", "failed", `The store cannot be reached: ${path} does not exist`],
    ]);
    await writeFile(path, '{"a": CANARY}', { mode: 0o600 });
    expect(await findingsOf({ path })).toEqual([
      ["reachable", "ok", `${path} can be read`],
      ["permissions", "ok", "Only the owner has access"],
      ["parsable", "failed", `The store cannot be read: ${path}:1:7: invalid symbol`],
    ]);
  });

  it("finds the files of a directory open to others, unless it is closed", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "a"), "", { mode: 0o644 });
    await writeFile(join(folder, "sub", "b"), "", { mode: 0o644 });
    expect(await findingsOf({ path: folder })).toEqual([
      ["reachable", "ok", `${folder} can be read; files in it: 2`],
      ["permissions", "warning", expect.stringMatching(/ and 1 more can be used by others than the owner$/)],
    ]);
    await chmod(folder, 0o700);
    expect(await findingsOf({ path: folder })).toContainEqual([
      "permissions",
      "ok",
      "Only the owner has access",
    ]);
    expect(await findingsOf({ path: join(folder, "a"), format: "directory" })).toEqual([
      ["reachable", "failed", `The store cannot be used: ${join(folder, "a")} is not a directory`],
    ]);
  });
});
