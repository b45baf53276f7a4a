import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { carryOut } from "./carry-out.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-notify-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));
const calm = () => AbortSignal.timeout(20_000);

describe("a command", () => {
  const run = async (...command: readonly string[]) => carryOut({ do: "command", command }, calm());

  it("is run without a shell, with next to nothing of our environment", async () => {
    vi.stubEnv("CANARY", "secret");
    onTestFinished(() => void vi.unstubAllEnvs());
    const out = join(folder, "out");
    const program = `require("fs").writeFileSync(${JSON.stringify(out)}, JSON.stringify([process.argv[1], process.env]))`;
    expect(await run(process.execPath, "-e", program, "$(id); `id`")).toBeUndefined();
    const [argument, env] = JSON.parse(await readFile(out, "utf8")) as [string, Record<string, string>];
    expect(argument).toBe("$(id); `id`");
    expect(Object.keys(env).filter((name) => !["PATH", "HOME", "LANG", "TZ"].includes(name))).toEqual([]);
  });

  it("that fails is tried again, and one that is not there is not", async () => {
    expect(await run(process.execPath, "-e", "process.exit(3)")).toEqual({
      reason: "it ended with 3",
      isPassing: true,
    });
    expect(await run("/no/such/program")).toEqual({
      reason: "it cannot be started (ENOENT)",
      isPassing: false,
    });
  });

  it("that does not end is ended", async () => {
    const command = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
    const told = await carryOut({ do: "command", command }, AbortSignal.timeout(300));
    expect(told?.isPassing).toBe(true);
  });
});

describe("a signal", () => {
  it("reaches a process of our user by its name", async () => {
    // Its name is the file's, as it is of any program that is started by a script's first line.
    const name = `told-${process.pid}`.slice(0, 15);
    const script = join(folder, name);
    const shebang = `#!${process.execPath}\n`;
    await writeFile(
      script,
      `${shebang}process.title = ${JSON.stringify(name)};
      process.on("SIGHUP", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up");`,
      { mode: 0o755 },
    );
    const child = spawn(script, { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const ended = once(child, "exit");
    expect(await carryOut({ do: "signal", signal: "SIGHUP", process: name }, calm())).toBeUndefined();
    expect(await ended).toEqual([7, null]);
  });

  it("finds nobody where there is none", async () => {
    expect(await carryOut({ do: "signal", signal: "SIGHUP", process: "no-such-name" }, calm())).toMatchObject(
      {
        reason: expect.stringContaining("no-such-name"),
        isPassing: true,
      },
    );
  });
});

describe("an HTTP call", () => {
  async function serve(answer: RequestListener): Promise<string> {
    const server: Server = createServer(answer).listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const call = async (url: string, signal = calm()) => carryOut({ do: "http", method: "POST", url }, signal);

  it("is made with its method and path", async () => {
    const asked: string[] = [];
    const url = await serve(({ method, url: path }, response) => {
      asked.push(`${method} ${path}`);
      response.writeHead(204).end();
    });
    expect(await call(`${url}/reload?a=b`)).toBeUndefined();
    expect(asked).toEqual(["POST /reload?a=b"]);
  });

  it.each([
    [500, true],
    [429, true],
    [404, false],
    [302, false],
  ])("that is answered %d may pass: %s", async (status, isPassing) => {
    const url = await serve((_, response) => void response.writeHead(status, { location: "/x" }).end());
    expect(await call(url)).toEqual({ reason: `it answered ${status}`, isPassing });
  });

  it("that is not answered ends in time, and one that nobody takes may pass", async () => {
    const silent = await serve(() => undefined);
    expect(await call(silent, AbortSignal.timeout(200))).toMatchObject({ isPassing: true });
    expect(await call("http://127.0.0.1:9/")).toEqual({ reason: "ECONNREFUSED", isPassing: true });
  });

  it.each(["http://10.0.0.1/", "http://localhost.example/", "nonsense"])("to %s is not made", async (url) => {
    expect(await call(url)).toEqual({ reason: "its address is not our own", isPassing: false });
  });
});

describe("a touch", () => {
  it("makes a file, and sets the time of one that is there", async () => {
    const path = join(folder, "reload");
    expect(await carryOut({ do: "touch", path }, calm())).toBeUndefined();
    await utimes(path, 0, 0);
    await carryOut({ do: "touch", path }, calm());
    expect((await stat(path)).mtimeMs).toBeGreaterThan(0);
    expect(await carryOut({ do: "touch", path: join(path, "x") }, calm())).toEqual({
      reason: "it cannot be written (ENOTDIR)",
      isPassing: false,
    });
  });
});
