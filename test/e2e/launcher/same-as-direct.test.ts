import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launcherProgram } from "../../servers/launcher.js";
import { APP, isAsleep, observe, openPipes, type Pipes } from "../process/observe.js";
import { childrenOf, isRunning, Running, until } from "../process/support.js";
import { give, startSource, type TestSource } from "./source.js";

const program = await launcherProgram();

describe.skipIf(program === undefined)("5.4 what the launcher becomes", () => {
  const line = (...command: string[]): string[] => [program ?? "", "exec", "--", ...command];
  let directory = "";
  let pipes: Pipes;
  let source: TestSource;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-launch-"));
    pipes = await openPipes(directory);
    source = await startSource();
    source.answer = give({ SECRET: "from the source" });
  });
  afterAll(async () => {
    pipes.close();
    await source.stop();
    rmSync(directory, { recursive: true });
  });

  const odd = ["env", "--ignore-signal=HUP,INT,PIPE,USR1,XFSZ,RTMIN", "--block-signal=URG,PROF,SEGV,USR2"];

  it.each<[string, string, readonly string[]]>([
    ["as it is", "true", []],
    ["with lowered limits", "ulimit -Sn 512; ulimit -c 0; umask 027", []],
    ["in another folder, with another descriptor", "cd /; exec 7</dev/null", []],
    ["with signals ignored and blocked", "true", odd],
    ["with a scheduling of its own", "true", ["nice", "-n", "7", "choom", "-n", "500", "--"]],
  ])("cannot be told from what is started directly, %s", async (_, prelude, wrapper) => {
    const direct = await observe(pipes, [...wrapper, ...APP], prelude, { SECRET: "from the source" });
    const asked = source.asked;
    const { environ, ...facts } = direct.facts;
    const ours = await observe(pipes, [...wrapper, ...line(...APP)], prelude, source.env);
    expect(source.asked).toBe(asked + 1);
    expect(ours).toEqual({ ...direct, facts: { ...facts, environ: expect.anything() } });
    expect(variables(ours.facts["environ"])).toEqual(variables(environ));
    expect(ours.samePid).toBe(true);
  });

  it.each(["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])("keeps descriptors closed: %s", async (closed) => {
    const list = (command: readonly string[]) => {
      const env = { PATH: process.env["PATH"], ...source.env };
      return new Running(
        ["sh", "-c", `exec 9>"$0"; "$@" ${closed}; exit $?`, join(directory, "list"), ...command],
        { env },
      );
    };
    const show = async (command: readonly string[]): Promise<string[]> => {
      const shell = list(command);
      const app = await until(
        () => childrenOf(shell.pid).find((pid) => isAsleep(pid)),
        () => "sleep",
      );
      const found = readdirSync(`/proc/${app}/fd`).map(
        (each) => `${each} ${readlinkSync(`/proc/${app}/fd/${each}`)}`,
      );
      process.kill(app, "SIGKILL");
      await shell.result;
      return found.map((each) => each.replace(/:\[\d+\]/, ""));
    };
    expect(await show(line(...APP))).toEqual(await show(APP));
  });

  it("dies with its parent where that was asked for", async () => {
    const script = 'setpriv --pdeathsig KILL "$@" & wait';
    const env = { PATH: process.env["PATH"], ...source.env };
    const shell = new Running(["sh", "-c", script, "sh", ...line(...APP)], { env, stdio: "ignore" });
    const app = await until(
      () => childrenOf(shell.pid).find((pid) => isAsleep(pid)),
      () => "the app",
    );
    shell.child.kill("SIGKILL");
    await shell.result;
    const ended = until(
      () => !isRunning(app),
      () => "its end",
    );
    await expect(ended).resolves.toBe(true);
  });
});

function variables(environ = ""): string[] {
  return environ.split("\0").sort();
}
