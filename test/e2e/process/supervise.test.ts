import { constants as files } from "node:fs";
import { constants } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { type DriverOptions, driverLine, isRunning, readProc, Running, until } from "./support.js";

/** What a supervisor does not pass on (see on-signals.ts); SIGUSR2 ends the listener. */
const NOT_FORWARDED: ReadonlySet<number> = new Set(
  "SIGKILL SIGSTOP SIGCHLD SIGTSTP SIGPIPE SIGXCPU SIGXFSZ SIGABRT SIGBUS SIGFPE SIGILL SIGSEGV SIGSYS SIGTRAP SIGUSR2"
    .split(" ")
    .map((name) => constants.signals[name as NodeJS.Signals]),
);

const FORWARDED = new Map(
  Object.entries(constants.signals)
    .filter(([, number]) => !NOT_FORWARDED.has(number))
    .map(([name, number]) => [number, name]),
);

/** Tells of every signal that comes in. */
const LISTENER = `
  for (const name of ${JSON.stringify([...FORWARDED.values()])}) process.on(name, () => console.log("got " + name + ";"));
  process.on("SIGUSR2", () => process.exit(42));
  console.log("pid " + process.pid + ";");
  setInterval(() => {}, 1000);
`;

/** Tells its VALUE; SIGUSR2 ends it with code 5. */
const VALUE_TELLER = `
  process.on("SIGUSR2", () => process.exit(5));
  console.log("pid " + process.pid + " value " + process.env.VALUE + ";");
  setInterval(() => {}, 1000);
`;

/** Needs two SIGTERM to end, with code 9. */
const HESITANT = `
  let asked = 0;
  process.on("SIGTERM", () => (++asked === 2 ? process.exit(9) : console.log("ending;")));
  console.log("pid " + process.pid + ";");
  setInterval(() => {}, 1000);
`;

/** Ends at once on SIGTERM, while what it has started ignores that. */
const LEAVES_A_STUBBORN_CHILD =
  "sh -c 'trap \"\" TERM; echo pid $$; while :; do sleep 1; done' & exec sleep 300";

describe.runIf(process.platform === "linux")("supervise", () => {
  const leftovers: number[] = [];

  afterEach(() => {
    for (const pid of leftovers.splice(0).filter((pid) => isRunning(pid))) process.kill(pid, "SIGKILL");
  });

  function supervise(command: readonly string[], options: DriverOptions = {}): Running {
    const running = new Running(driverLine("supervise", command, options), {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    leftovers.push(running.pid);
    return running;
  }

  /** The process id the command prints when it is started the `nth` time, from 0. */
  async function started(running: Running, nth = 0): Promise<number> {
    const match = await until(
      () => [...running.stdout.matchAll(/pid (\d+)/g)][nth],
      () => `start ${nth} in ${running.stdout} ${running.stderr}`,
    );
    leftovers.push(Number(match[1]));
    return Number(match[1]);
  }

  it.each([
    ["exit 0", 0],
    ["exit 77", 77],
    ["exit 255", 255],
    ["kill -KILL $$", 137],
    ["kill -TERM $$", 143],
  ])("ends as the command does: %s", async (script, code) => {
    expect(await supervise(["sh", "-c", script]).result).toMatchObject({ code, signal: null });
  });

  it("starts nothing that cannot be started", async () => {
    expect(await supervise(["no-such-command"]).result).toMatchObject({ code: 127 });
    expect(await supervise(["/"]).result).toMatchObject({ code: 126 });
  });

  it("gives the command a process group and a session of its own", async () => {
    const running = supervise(["sh", "-c", "echo pid $$; exec sleep 300"]);
    const pid = await started(running);
    // After the name in parentheses: state, parent, group, session.
    const [, ...ids] = readProc(pid, "stat")
      .replace(/^.*\) /, "")
      .split(" ", 4)
      .map(Number);
    expect(ids).toStrictEqual([running.pid, pid, pid]);
    running.child.kill("SIGTERM");
    expect(await running.result).toMatchObject({ code: 143 });
  });

  it("passes every signal on, once", async () => {
    expect(FORWARDED.size).toBeGreaterThan(14);
    const running = supervise([process.execPath, "-e", LISTENER]);
    await started(running);
    for (const [number, name] of FORWARDED) {
      process.kill(running.pid, number);
      await running.prints(`got ${name};`);
    }
    process.kill(running.pid, "SIGUSR2");
    expect(await running.result).toMatchObject({ code: 42 });
    expect(running.stdout.match(/got /g)).toHaveLength(FORWARDED.size);
  });

  it("reaches all the command has started", async () => {
    const inner = "sh -c 'trap \"echo inner; exit\" TERM; echo pid $$; while :; do sleep 0.1; done'";
    const running = supervise(["sh", "-c", `${inner} & exec sleep 300`]);
    await started(running);
    running.child.kill("SIGTERM");
    await running.prints("inner");
    expect(await running.result).toMatchObject({ code: 143 });
  });

  it("stops with the command on Ctrl-Z, and goes on with it", async () => {
    const running = supervise(["sh", "-c", "echo pid $$; exec sleep 300"]);
    const pid = await started(running);
    const states = () =>
      [running.pid, pid].map((each) => /^State:\s+(\S)/m.exec(readProc(each, "status"))?.[1]).join("");
    running.child.kill("SIGTSTP");
    await until(() => states() === "TT", states);
    running.child.kill("SIGCONT");
    await until(() => !states().includes("T"), states);
    running.child.kill("SIGTERM");
    expect(await running.result).toMatchObject({ code: 143 });
  });

  it("restarts with a new environment, and ends with the last run", async () => {
    const running = supervise([process.execPath, "-e", VALUE_TELLER], { set: { VALUE: "1" } });
    const first = await started(running);
    running.child.send({ VALUE: "2" });
    const second = await started(running, 1);
    expect(isRunning(first)).toBe(false);
    // One comes while the other is at work: both take their turn.
    running.child.send({ VALUE: "3" });
    running.child.send({ VALUE: "4" });
    await running.prints("value 4");
    expect(isRunning(second)).toBe(false);
    running.child.kill("SIGUSR2");
    expect(await running.result).toMatchObject({ code: 5, stderr: "" });
  });

  it("kills on a restart what does not end within the grace period, not only the command itself", async () => {
    const running = supervise(["sh", "-c", LEAVES_A_STUBBORN_CHILD], { gracePeriodMs: 300 });
    const first = await started(running);
    running.child.send({});
    const second = await started(running, 1);
    expect(isRunning(first)).toBe(false);
    running.child.kill("SIGTERM");
    process.kill(second, "SIGKILL");
    expect(await running.result).toMatchObject({ code: 143 });
  });

  it("goes on as before when the new environment is not valid", async () => {
    const running = supervise([process.execPath, "-e", VALUE_TELLER], { set: { VALUE: "1" } });
    const pid = await started(running);
    running.child.send({ "A=B": "" });
    await until(
      () => running.stderr.includes("SLU4003"),
      () => running.stderr,
    );
    expect(isRunning(pid)).toBe(true);
    running.child.send({ VALUE: "2" });
    await running.prints("value 2");
    running.child.kill("SIGUSR2");
    expect(await running.result).toMatchObject({ code: 5 });
  });

  it("does not start again what was asked to end while it was being restarted", async () => {
    const running = supervise([process.execPath, "-e", HESITANT]);
    await started(running);
    running.child.send({});
    await running.prints("ending");
    running.child.kill("SIGTERM");
    expect(await running.result).toMatchObject({ code: 9 });
    expect(running.stdout.match(/pid/g)).toHaveLength(1);
  });

  it("leaves alone what a command that ended by itself left behind", async () => {
    const running = supervise(["sh", "-c", "sleep 300 >/dev/null 2>&1 & echo pid $!"]);
    const daemon = await started(running);
    expect(await running.result).toMatchObject({ code: 0 });
    expect(isRunning(daemon)).toBe(true);
  });

  it("keeps the command's pipes blocking, although it writes to them itself", async () => {
    const command = ["sh", "-c", "read _; cat /proc/$$/fdinfo/1 /proc/$$/fdinfo/2"];
    const running = new Running(driverLine("supervise", command, { chatter: true }));
    await running.prints("chatter");
    running.child.stdin?.end("\n");
    const { stdout } = await running.result;
    const flags = Array.from(stdout.matchAll(/flags:\s*(\d+)/g), ([, octal]) =>
      Number.parseInt(octal ?? "", 8),
    );
    expect(flags.map((each) => each & files.O_NONBLOCK)).toStrictEqual([0, 0]);
  });
});
