import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";

// Inside the test package, where what the template imports is installed.
const TEST = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(TEST, ".scaffold-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("sluice init provider", () => {
  it("writes a provider, and never over anything", async () => {
    const first = await sluice(["init", "provider", "mine"], { cwd: folder });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("npm test");
    const again = await sluice(["init", "provider", "mine"], { cwd: folder });
    expect(again.code).toBe(78);
    expect(again.stderr).toContain("is not empty");
  });

  it("of fewer than 80 lines", () => {
    const lines = readFileSync(join(folder, "mine/provider.ts"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThan(80);
  });

  it("that compiles and passes the conformance suite unchanged", () => {
    const cwd = join(folder, "mine");
    const tsc = spawnSync(join(TEST, "../node_modules/.bin/tsc"), [], { cwd, encoding: "utf8" });
    expect(tsc.stdout).toBe("");
    const { stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], {
      cwd,
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout).toMatch(/^# skipped 0$/m);
    const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
    expect(passed).toBeGreaterThanOrEqual(30);
    expect(stdout).toContain("not tested: ");
  }, 180_000);
});
