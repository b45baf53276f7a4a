import type { ChildProcess } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startSluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

const APP = `
process.on("SIGHUP", () => console.log("hup " + process.env.A));
process.on("SIGTERM", () => { console.log("term"); process.exit(0); });
console.log("up " + process.env.A);
setInterval(() => {}, 1000);
`;

let running: ChildProcess | undefined;
let workspace: Workspace | undefined;
afterEach(() => {
  running?.kill("SIGKILL");
  workspace?.[Symbol.dispose]();
});

interface Watched {
  readonly space: Workspace;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly lines: () => string[];
  readonly notes: () => string;
  readonly until: (line: string, times?: number) => Promise<void>;
}

function watch(mode: string, command = [process.execPath, "app.mjs"]): Watched {
  const space = createWorkspace({
    "sluice.yaml": "stores: { dev: { provider: file, path: ./secrets.env } }\nenv: { A: secret://dev/A }\n",
    "secrets.env": "A=one\n",
    "app.mjs": APP,
  });
  const child = startSluice(["run", "--watch", mode, "--", ...command], { cwd: space.path });
  [running, workspace] = [child, space];
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const lines = (): string[] => stdout.split("\n").filter(Boolean);
  return {
    space,
    child,
    lines,
    notes: () => stderr,
    ended: new Promise((resolve) => child.on("close", resolve)),
    until: (line, times = 1) =>
      vi.waitFor(() => expect(lines().filter((each) => each === line)).toHaveLength(times), {
        timeout: 20_000,
      }),
  };
}

describe.runIf(process.platform === "linux")("sluice run --watch", () => {
  it("restart: starts the command again with the new value, once a change", async () => {
    const { space, child, until, lines, notes, ended } = watch("restart");
    await until("up one");
    space.write("secrets.env", "A=two\nB=unused\n");
    await until("up two");
    space.write("secrets.env", "A=two\nB=changed but unused\n");
    space.write("secrets.env", "A=three\n");
    await until("up three");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(lines()).toEqual(["up one", "term", "up two", "term", "up three", "term"]);
    expect(notes()).toContain("secret://dev/A was changed");
    expect(notes()).not.toMatch(/one|two|three/);
  });

  it("restart: keeps the command running when the new state cannot be used", async () => {
    const { space, child, until, lines, notes, ended } = watch("restart");
    await until("up one");
    space.write("secrets.env", "OTHER=1\n");
    await vi.waitFor(() => expect(notes()).toContain("keeps running as it is"), { timeout: 20_000 });
    space.write("secrets.env", "A=back\n");
    await until("up back");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(lines()).toEqual(["up one", "term", "up back", "term"]);
  });

  it("restart: acts on a change that comes as soon as the command runs", async () => {
    const change = 'echo A=two > new.env; mv new.env secrets.env; exec "$0" app.mjs';
    const { child, until, notes, ended } = watch("restart", ["/bin/sh", "-c", change, process.execPath]);
    await until("up two");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(notes()).toContain("secret://dev/A was changed");
  });

  it("signal:NAME: tells the command and leaves it running", async () => {
    const { space, child, until, lines, ended } = watch("signal:HUP");
    await until("up one");
    space.write("secrets.env", "A=two\n");
    await until("hup one");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(lines()).toEqual(["up one", "hup one", "term"]);
  });

  it("none: only says so", async () => {
    const { space, child, until, lines, notes, ended } = watch("none");
    await until("up one");
    space.write("secrets.env", "A=two\n");
    await vi.waitFor(() => expect(notes()).toContain("secret://dev/A was changed"), { timeout: 20_000 });
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(lines()).toEqual(["up one", "term"]);
  });

  it("maps death by signal to 128 + n", async () => {
    const { child, until, ended } = watch("none");
    await until("up one");
    child.kill("SIGQUIT");
    expect(await ended).toBe(128 + 3);
  });
});
