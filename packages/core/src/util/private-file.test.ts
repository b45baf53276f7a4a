import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SecretValue } from "../value/secret-value.js";
import { readPrivateFile, writePrivateFile } from "./private-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-private-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const write = async (path: string, text: string) => writePrivateFile(path, SecretValue.fromText(text));
const read = async (path: string) => (await readPrivateFile(path, 100))?.text();

it("keeps a file to its own user, and leaves nothing else", async () => {
  const path = join(folder, "new", "file");
  await write(path, "first");
  await write(path, "second");
  expect(await read(path)).toBe("second");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, "new"))).toEqual(["file"]);
});

it("reads nothing where there is none", async () => {
  expect(await read(join(folder, "absent"))).toBeUndefined();
});

it.each([0o640, 0o604, 0o620])("reads nothing that others may get at: %o", async (mode) => {
  const path = join(folder, "file");
  await writeFile(path, "theirs");
  await chmod(path, mode);
  expect(await read(path)).toBeUndefined();
});

it("follows no link, and reads no folder and nothing too large", async () => {
  const path = join(folder, "file");
  await write(path, "x".repeat(101));
  await symlink(path, join(folder, "link"));
  expect(await read(path)).toBeUndefined();
  expect(await read(join(folder, "link"))).toBeUndefined();
  await chmod(folder, 0o700);
  expect(await read(folder)).toBeUndefined();
});

it("tells of a place that cannot be written", async () => {
  const path = join(folder, "file");
  await write(path, "x");
  await expect(write(join(path, "below"), "y")).rejects.toMatchObject({ code: "ENOTDIR" });
});
