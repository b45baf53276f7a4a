import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contextOf, tempFolder } from "../../test/support.js";
import { acquireLock } from "./file-lock.js";

describe("acquireLock", () => {
  it("lets one in at a time, and takes its file away", async () => {
    const path = join(await tempFolder(), ".x.lock");
    let inside = 0;
    const enter = async (): Promise<void> => {
      await using lock = await acquireLock(path, contextOf());
      expect(++inside).toBe(1);
      await lock.assertHeld();
      expect(await readFile(path, "utf8")).toMatch(new RegExp(`^${process.pid} `));
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, enter));
    await expect(readFile(path)).rejects.toThrow("ENOENT");
  });

  it("takes over a lock that is 10 seconds old, and its holder learns of it", async () => {
    const path = join(await tempFolder(), ".x.lock");
    const slow = await acquireLock(path, contextOf());
    const old = Date.now() / 1000 - 10.5;
    await utimes(path, old, old);
    await using _ = await acquireLock(path, contextOf());
    await expect(slow.assertHeld()).rejects.toThrow("locked");
    const content = await readFile(path, "utf8");
    await slow[Symbol.asyncDispose]();
    expect(await readFile(path, "utf8")).toBe(content);
  });

  it("leaves a younger lock alone until the deadline", async () => {
    const path = join(await tempFolder(), ".x.lock");
    await writeFile(path, "1 other\n");
    const young = Date.now() / 1000 - 5;
    await utimes(path, young, young);
    await expect(acquireLock(path, contextOf({ deadline: Date.now() + 100 }))).rejects.toMatchObject({
      failure: { status: "throttled", reason: "locked" },
    });
    expect(await readFile(path, "utf8")).toBe("1 other\n");
  });
});
