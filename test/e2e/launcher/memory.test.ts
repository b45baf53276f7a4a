import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launcherProgram } from "../../servers/launcher.js";
import { readProc, run, Running, until } from "../process/support.js";
import { memoryCgroup } from "./memory-cgroup.js";
import { give, startSource, type TestSource } from "./source.js";

const MIB = 1024 * 1024;
const program = await launcherProgram();
const secrets = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`SECRET_${index}`, "x".repeat(100)]),
);

describe.skipIf(program === undefined)("the launcher", () => {
  let source: TestSource;
  let directory = "";
  beforeAll(async () => {
    source = await startSource();
    directory = mkdtempSync(join(tmpdir(), "sluice-memory-"));
  });
  afterAll(async () => {
    await source.stop();
    rmSync(directory, { recursive: true });
  });

  const line = (path = program ?? ""): string[] => [path, "exec", "--", "/bin/true"];

  it("takes little memory", async () => {
    const secrets = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`SECRET_${index}`, "x".repeat(100)]),
    );
    let answer = (): void => undefined;
    source.answer = (response, request) => {
      answer = () => give(secrets)(response, request);
    };
    const before = source.asked;
    const running = new Running(line(), { env: source.env });
    await until(
      () => source.asked > before,
      () => "the request",
    );
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(running.pid, "status")) ?? [];
    answer();
    expect(await running.result).toMatchObject({ code: 0 });
    expect(Number(peak)).toBeGreaterThan(1024);
    expect(Number(peak)).toBeLessThan(10 * 1024);
  });

  const cgroup = memoryCgroup(16 * MIB);
  if (cgroup === undefined)
    process.stderr.write("\nSKIPPED: the launcher in a memory cgroup: none can be made\n\n");
  afterAll(() => cgroup?.remove());

  it.runIf(cgroup)("starts in 16 MiB, its file not in the page cache yet", async () => {
    // The kernel charges the pages of a file to who reads them first.
    const cold = join(directory, "sluice-launch");
    cpSync(program ?? "", cold);
    expect(spawnSync("sync", [cold]).status).toBe(0);
    expect(spawnSync("dd", [`if=${cold}`, "iflag=nocache", "count=0"]).status).toBe(0);
    source.answer = give(secrets);
    const result = await run(cgroup?.within(line(cold)) ?? [], {
      env: { PATH: process.env["PATH"], ...source.env },
    });
    expect(result).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(cgroup?.peak()).toBeGreaterThan(4 * MIB);
  });
});
