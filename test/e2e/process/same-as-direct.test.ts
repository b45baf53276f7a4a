import { closeSync, constants, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childrenOf, driverLine, readProc, run, Running, until } from "./support.js";

const APP = ["sleep", "300"];
const STATUS = /^(?:Sig(?!Q)\w+|ShdPnd|Cap\w+|Uid|Gid|Groups|NoNewPrivs|Seccomp\w*|Umask|Cpus_allowed\w*)$/;

describe.runIf(process.platform === "linux")("a command started by exec", () => {
  let directory = "";
  let fifos: number[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-exec-"));
    const names = ["in", "out", "err"].map((name) => join(directory, name));
    await run(["mkfifo", ...names]);
    // Held open both ways, so that nobody blocks opening or meets an end.
    fifos = names.map((name) => openSync(name, constants.O_RDWR | constants.O_NONBLOCK));
  });

  afterAll(() => {
    fifos.forEach((descriptor) => closeSync(descriptor));
    rmSync(directory, { recursive: true });
  });

  /** Everything the kernel tells about the app when a shell starts `line`, and what the shell says of its death. */
  async function observe(line: readonly string[], prelude: string): Promise<Observation> {
    const script = `${prelude}; "$@" <"$0/in" >"$0/out" 2>"$0/err"; exit $?`;
    const shell = new Running(["sh", "-c", script, directory, ...line], {
      env: { PATH: process.env["PATH"], ONE: "1", TWO: "two words" },
      stdio: "ignore",
    });
    try {
      const started = await until(
        () => childrenOf(shell.pid)[0],
        () => "the child of the shell",
      );
      const app = await until(
        () => childrenOf(shell.pid).find((pid) => isAsleep(pid)),
        () => "the app",
      );
      return { facts: look(app), samePid: started === app, code: await terminate(shell) };
    } finally {
      await terminate(shell);
    }
  }

  it.each([
    ["as it is", "true", {}],
    ["with a lowered limit of open files", "ulimit -Sn 512", {}],
    ["after its stdio was used", "ulimit -Sn 512; umask 027", { touch: true }],
    ["when nobody knows how its stdio was", "true", { touch: true, forget: true }],
  ])("cannot be told from one started directly, %s", async (_, prelude, options) => {
    const direct = await observe(APP, prelude);
    const ours = await observe(driverLine("exec", APP, options), prelude);
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
    const direct = await observe(nonBlocking(APP), "true");
    const ours = await observe(nonBlocking(driverLine("exec", APP, { touch: true })), "true");
    expect(direct.facts["descriptors"]).toMatch(/^2 .*04001$/m);
    expect(ours.facts["descriptors"]).toBe(direct.facts["descriptors"]);
  });
});

interface Observation {
  readonly facts: Readonly<Record<string, string>>;
  readonly samePid: boolean;
  readonly code: number | null;
}

/** Ends what the shell has started; gives the exit code by which the shell tells of it. */
async function terminate(shell: Running): Promise<number | null> {
  for (const pid of childrenOf(shell.pid)) process.kill(pid, "SIGTERM");
  return (await shell.result).code;
}

/** Whether process `pid` is the app, and done with starting: its loader keeps no file open any more. */
function isAsleep(pid: number): boolean {
  const cmdline = APP.map((arg) => `${arg}\0`).join("");
  return readProc(pid, "cmdline") === cmdline && /^State:\s+S/m.test(readProc(pid, "status"));
}

function look(pid: number): Record<string, string> {
  const status = readProc(pid, "status")
    .split("\n")
    .filter((line) => STATUS.test(line.split(":")[0] ?? ""));
  const descriptors = readdirSync(`/proc/${pid}/fd`).map(
    (fd) =>
      `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)} ${/^flags:.*$/m.exec(readProc(pid, `fdinfo/${fd}`))?.[0]}`,
  );
  return {
    status: status.join("\n"),
    limits: readProc(pid, "limits"),
    environ: readProc(pid, "environ"),
    cmdline: readProc(pid, "cmdline"),
    cwd: readlinkSync(`/proc/${pid}/cwd`),
    exe: readlinkSync(`/proc/${pid}/exe`),
    oom: readProc(pid, "oom_score_adj"),
    descriptors: descriptors.join("\n"),
  };
}
