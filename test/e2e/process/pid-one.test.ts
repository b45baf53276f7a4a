import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { childrenOf, driverLine, isRunning, run, Running, until } from "./support.js";

/** A PID namespace of its own, whose PID 1 the following command becomes. */
const NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"];
if (process.getuid?.() !== 0) NAMESPACE.push("--user", "--map-root-user");
const [unshare = "", ...flags] = NAMESPACE;
const possible = process.platform === "linux" && spawnSync(unshare, [...flags, "true"]).status === 0;

const ENV = { PATH: process.env["PATH"] ?? "", "my.var": "odd name", "with-dash": "", MULTI: "one\ntwo" };

/** Leaves an orphan, and ends when PID 1 has reaped it. */
const ORPHAN = `
  (true & echo $! >"$0")
  read orphan <"$0"
  while [ -e "/proc/$orphan" ]; do sleep 0.02; done
  echo reaped
`;

describe.runIf(possible)("as PID 1", () => {
  const leftovers: Running[] = [];
  let directory = "";

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-init-"));
  });
  afterEach(() => {
    for (const running of leftovers.splice(0)) if (isRunning(running.pid)) running.child.kill("SIGKILL");
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function asPidOne(command: readonly string[]): string[] {
    return [...NAMESPACE, ...driverLine("init", command)];
  }

  /** With `file` in the place of /bin/sh when PID 1 starts. */
  function withShell(file: string, line: readonly string[]): string[] {
    const script = `mount --bind "$0" ${realpathSync("/bin/sh")} && exec "$@"`;
    return [...NAMESPACE, "bash", "-c", script, file, ...line];
  }

  it.each([
    ["exit 0", 0],
    ["exit 7", 7],
    ["exit 127", 127],
    ["exit 255", 255],
    ["kill -KILL $$", 137],
    ["kill -TERM $$", 143],
  ])("ends as the command does: %s", async (script, code) => {
    expect(await run(asPidOne(["sh", "-c", script]))).toMatchObject({ code, stderr: "" });
  });

  it("reports a command that cannot be started", async () => {
    expect(await run(asPidOne(["no-such-command"]))).toMatchObject({ code: 127 });
  });

  it("gives the command exactly the environment PID 1 had", async () => {
    const { stdout } = await run(asPidOne(["cat", "/proc/self/environ"]), { env: ENV });
    expect(stdout).toBe(
      Object.entries(ENV)
        .map(([name, value]) => `${name}=${value}\0`)
        .join(""),
    );
  });

  it("passes stdin on, and its end", async () => {
    expect(await run(asPidOne(["cat"]), {}, "hello")).toMatchObject({ code: 0, stdout: "hello", stderr: "" });
  });

  const shells = ["/bin/sh", "/bin/bash"].filter((shell) => spawnSync(shell, ["-c", ":"]).status === 0);

  it.each(shells)("reaps orphans, with %s", async (shell) => {
    const line = driverLine("init", ["bash", "-c", ORPHAN, join(directory, "orphan")]);
    expect(await run(withShell(shell, line))).toMatchObject({ code: 0, stdout: "reaped\n", stderr: "" });
  });

  it.each(shells)(
    "passes signals on, once, and waits for what the command does with them, with %s",
    async (shell) => {
      const app =
        "trap 'echo one' USR1; trap 'echo end; exit 42' TERM; echo ready; while :; do sleep 0.05; done";
      const running = new Running(withShell(shell, driverLine("init", ["bash", "-c", app])));
      leftovers.push(running);
      await running.prints("ready");
      const pidOne = await until(
        () => childrenOf(running.pid)[0],
        () => "PID 1",
      );
      process.kill(pidOne, "SIGUSR1");
      await running.prints("one");
      process.kill(pidOne, "SIGTERM");
      expect(await running.result).toMatchObject({ code: 42, stdout: "ready\none\nend\n" });
    },
  );

  it("goes on without a shell, and says what is missing", async () => {
    const file = join(directory, "no-shell");
    writeFileSync(file, "");
    const result = await run(withShell(file, driverLine("init", ["cat", "/proc/self/stat"])));
    expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining("docker run --init") });
    expect(result.stdout).toMatch(/^\d+ \(cat\) \S 1 /);
  });
});
