import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const RECORDER = new URL("../fixtures/record-modules.mjs", import.meta.url).href;
const CONTAINER = /\/(?:inversify|@inversifyjs|reflect-metadata)\//;

const workspace = mkdtempSync(join(tmpdir(), "sluice-imports-"));
afterAll(() => rmSync(workspace, { recursive: true }));

/** URLs of what importing `specifier` loads, in a process of its own. */
function loadedBy(specifier: string): string[] {
  const record = join(workspace, "modules.txt");
  rmSync(record, { force: true });
  execFileSync(
    process.execPath,
    ["--import", RECORDER, "--input-type=module", "--eval", `import ${JSON.stringify(specifier)};`],
    { cwd: fileURLToPath(new URL(".", import.meta.url)), env: { ...process.env, RECORD_MODULES: record } },
  );
  return readFileSync(record, "utf8").split("\n").filter(Boolean);
}

describe("importing", () => {
  it.each([
    ["@sluice/core", "/core/dist/index.js"],
    ["@sluice/core/dotenv", "/core/dist/dotenv/index.js"],
  ])("%s loads no container", (specifier, entry) => {
    const loaded = loadedBy(specifier);
    expect(loaded.some((url) => url.endsWith(entry))).toBe(true);
    expect(loaded.filter((url) => CONTAINER.test(url))).toEqual([]);
  });

  it.each(["/inversify/", "/reflect-metadata/"])(
    "@sluice/core/di does load %s: the record would show it",
    (part) => {
      expect(loadedBy("@sluice/core/di").some((url) => url.includes(part))).toBe(true);
    },
  );
});
