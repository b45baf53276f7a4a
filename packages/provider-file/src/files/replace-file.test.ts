import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "../../test/support.js";
import { replaceFile } from "./replace-file.js";

const confirm = async (): Promise<void> => undefined;

describe("replaceFile", () => {
  it("returns the stats of the file it put in place, always later than the one before", async () => {
    const target = join(await tempFolder(), "x");
    await writeFile(target, "old");
    await utimes(target, 1, Date.now() / 1000 + 3600);
    const previous = await stat(target, { bigint: true });
    const { ino, mtimeNs, size } = await replaceFile({
      target,
      bytes: Buffer.from("new!"),
      previous,
      confirm,
    });
    expect(await stat(target, { bigint: true })).toMatchObject({ ino, mtimeNs, size });
    expect(mtimeNs).toBeGreaterThan(previous.mtimeNs);
    expect(await readFile(target, "utf8")).toBe("new!");
  });

  it("leaves everything as it was when it is not confirmed, or fails", async () => {
    const folder = await tempFolder();
    const target = join(folder, "x");
    await writeFile(target, "old");
    const refuse = async (): Promise<void> => {
      throw new Error("no");
    };
    const bytes = Buffer.from("new");
    await expect(replaceFile({ target, bytes, previous: undefined, confirm: refuse })).rejects.toThrow("no");
    await expect(replaceFile({ target: folder, bytes, previous: undefined, confirm })).rejects.toThrow(
      /EISDIR|EPERM|EEXIST|ENOTEMPTY|EBUSY/,
    );
    expect(await readFile(target, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["x"]);
    expect((await readdir(join(folder, ".."))).filter((name) => name.startsWith("..sluice-"))).toEqual([]);
  });
});
