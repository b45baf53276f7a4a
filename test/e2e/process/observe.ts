import { closeSync, constants, openSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { childrenOf, readProc, run, Running, until } from "./support.js";

/** What is started to be looked at: it sleeps. */
export const APP: readonly string[] = ["sleep", "300"];

const STATUS = /^(?:Sig(?!Q)\w+|ShdPnd|Cap\w+|Uid|Gid|Groups|NoNewPrivs|Seccomp\w*|Umask|Cpus_allowed\w*)$/;

/** What the kernel tells about a program that was started. */
export interface Observation {
  readonly facts: Readonly<Record<string, string>>;
  /** Whether it has the process id of what the shell started. */
  readonly samePid: boolean;
  /** The exit code by which the shell tells of its death by SIGTERM. */
  readonly code: number | null;
}

/** FIFOs for a program's standard streams, in a folder. */
export interface Pipes {
  readonly directory: string;
  close(): void;
}

/** Makes FIFOs, held open both ways so that nobody blocks opening or meets an end. */
export async function openPipes(directory: string): Promise<Pipes> {
  const names = ["in", "out", "err"].map((name) => join(directory, name));
  await run(["mkfifo", ...names]);
  const fifos = names.map((name) => openSync(name, constants.O_RDWR | constants.O_NONBLOCK));
  return { directory, close: () => fifos.forEach((descriptor) => closeSync(descriptor)) };
}

/** Everything the kernel tells about the app when a shell starts `line`, and what the shell says of its death. */
export async function observe(
  { directory }: Pipes,
  line: readonly string[],
  prelude: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Observation> {
  const script = `${prelude}; "$@" <"$0/in" >"$0/out" 2>"$0/err"; exit $?`;
  const shell = new Running(["sh", "-c", script, directory, ...line], {
    env: { PATH: process.env["PATH"], ONE: "1", TWO: "two words", ...env },
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

/** Ends what the shell has started; gives the exit code by which the shell tells of it. */
async function terminate(shell: Running): Promise<number | null> {
  for (const pid of childrenOf(shell.pid)) process.kill(pid, "SIGTERM");
  return (await shell.result).code;
}

/** Whether process `pid` is the app, and done with starting: its loader keeps no file open any more. */
export function isAsleep(pid: number): boolean {
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
    name: readProc(pid, "comm"),
    // proc_pid_stat(5): the nice value is the 19th field; the 2nd ends with a bracket.
    nice: readProc(pid, "stat").split(") ")[1]?.split(" ")[16] ?? "",
    oom: readProc(pid, "oom_score_adj"),
    descriptors: descriptors.join("\n"),
  };
}
