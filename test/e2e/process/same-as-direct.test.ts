import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APP, observe, openPipes, type Pipes } from "./observe.js";
import { driverLine } from "./support.js";

describe.runIf(process.platform === "linux")("a command started by exec", () => {
  let directory = "";
  let pipes: Pipes;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-exec-"));
    pipes = await openPipes(directory);
  });

  afterAll(() => {
    pipes.close();
    rmSync(directory, { recursive: true });
  });

  it.each([
    ["as it is", "true", {}],
    ["with a lowered limit of open files", "ulimit -Sn 512", {}],
    ["after its stdio was used", "ulimit -Sn 512; umask 027", { touch: true }],
    ["when nobody knows how its stdio was", "true", { touch: true, forget: true }],
  ])("cannot be told from one started directly, %s", async (_, prelude, options) => {
    const direct = await observe(pipes, APP, prelude);
    const ours = await observe(pipes, driverLine("exec", APP, options), prelude);
    expect(ours).toStrictEqual(direct);
    expect(ours.samePid).toBe(true);
    expect(ours.code).toBe(143);
  });

  it("keeps pipes non-blocking that were so at the start", async () => {
    const open = "process.stdin; process.stdout; process.stderr;";
    const nonBlocking = (line: readonly string[]): string[] => [
      process.execPath,
      "-e",
      `${open} process.execve("/usr/bin/env", ["env", ...process.argv.slice(1)], process.env)`,
      ...line,
    ];
    const direct = await observe(pipes, nonBlocking(APP), "true");
    const ours = await observe(pipes, nonBlocking(driverLine("exec", APP, { touch: true })), "true");
    expect(direct.facts["descriptors"]).toMatch(/^2 .*04001$/m);
    expect(ours.facts["descriptors"]).toBe(direct.facts["descriptors"]);
  });
});
