import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "../../test/support.js";
import { DirectoryWatch } from "./directory-watch.js";

const NEVER = 60_000;

describe("DirectoryWatch", () => {
  it("wakes without any change, for what reports none", async () => {
    using watch = new DirectoryWatch({ quietMs: 1, pollMs: 20 });
    const start = performance.now();
    await watch.changed();
    await watch.changed();
    expect(performance.now() - start).toBeGreaterThan(30);
  });

  it("wakes once for changes that follow one another", async () => {
    const folder = await tempFolder();
    using watch = new DirectoryWatch({ quietMs: 1500, pollMs: NEVER });
    watch.follow(new Set([folder]));
    const start = performance.now();
    // A busy machine takes longer between two of them, but not as long as it is to be quiet.
    for (let n = 0; n < 5; n++) {
      await writeFile(join(folder, "x"), String(n));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await watch.changed();
    expect(performance.now() - start).toBeGreaterThan(1400);
    const again = await Promise.race([
      watch.changed().then(() => "woken"),
      new Promise((resolve) => setTimeout(resolve, 2000, "quiet")),
    ]);
    expect(again).toBe("quiet");
  });

  it("wakes in the midst of changes that never end", async () => {
    const folder = await tempFolder();
    using watch = new DirectoryWatch({ quietMs: 20, pollMs: NEVER });
    watch.follow(new Set([folder]));
    const changed = watch.changed().then(() => "woken");
    let woken: unknown;
    for (let n = 0; n < 300 && woken === undefined; n++) {
      await writeFile(join(folder, "x"), String(n));
      woken = await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 5))]);
    }
    expect(woken).toBe("woken");
  });

  it("leaves what is not there to the poll, and follows it later", async () => {
    const folder = join(await tempFolder(), "later");
    using watch = new DirectoryWatch({ quietMs: 1, pollMs: NEVER });
    watch.follow(new Set([folder]));
    await mkdir(folder);
    watch.follow(new Set([folder]));
    await writeFile(join(folder, "x"), "");
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it("wakes for the last time when it is disposed of", async () => {
    const watch = new DirectoryWatch({ quietMs: 1, pollMs: NEVER });
    const changed = watch.changed();
    watch[Symbol.dispose]();
    await expect(changed).resolves.toBeUndefined();
    await expect(watch.changed()).resolves.toBeUndefined();
    watch.follow(new Set(["/"]));
    expect(process.getActiveResourcesInfo()).not.toContain("FSEventWrap");
  });
});
