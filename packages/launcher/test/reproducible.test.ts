import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasGo } from "../../../test/servers/launcher.js";
import { buildLauncher, LAUNCHER_ARCHS } from "../src/build/build-launcher.js";
import { GO_FOLDER } from "../src/build/go-folder.js";

const TIMEOUT_MS = 9 * 60_000;

/** What a container's volume and a node's page cache are spared. */
const MOST_BYTES = 6_500_000;

describe.skipIf(!(await hasGo()))("the launcher's executable", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-build-"));
  });
  afterAll(async () => rm(folder, { recursive: true }));

  it.each(LAUNCHER_ARCHS)(
    "has the same bytes wherever it is built, for %s",
    { timeout: TIMEOUT_MS },
    async (arch) => {
      const elsewhere = join(folder, arch, "a folder of another name");
      await mkdir(elsewhere, { recursive: true });
      await cp(GO_FOLDER, elsewhere, { recursive: true });
      const [one, two] = [join(folder, arch, "one"), join(folder, arch, "two")];
      await buildLauncher(arch, one);
      await buildLauncher(arch, two, { source: elsewhere });
      const [first, second] = [await readFile(one), await readFile(two)];
      expect(digest(second)).toBe(digest(first));
      expect(first.length).toBeLessThan(MOST_BYTES);
      expect(first.includes(folder) || first.includes(GO_FOLDER)).toBe(false);
    },
  );

  it("changes when its source does", { timeout: TIMEOUT_MS }, async () => {
    const changed = join(folder, "changed");
    await cp(GO_FOLDER, changed, { recursive: true });
    const help = join(changed, "help.go");
    await writeFile(help, (await readFile(help, "utf8")).replace("print this", "print this text"));
    const [one, two] = [join(folder, "three"), join(folder, "four")];
    await buildLauncher("x64", one);
    await buildLauncher("x64", two, { source: changed });
    expect(digest(await readFile(two))).not.toBe(digest(await readFile(one)));
  });
});

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
