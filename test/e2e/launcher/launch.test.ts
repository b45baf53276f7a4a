import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launcherProgram } from "../../servers/launcher.js";
import { createAuthority } from "../../servers/faults/test-authority.js";
import { childrenOf, readProc, type Result, run, Running, until } from "../process/support.js";
import { give, inTurn, planFor, startSource, type TestSource } from "./source.js";

const program = await launcherProgram();

/** Everything by which an app's environment could give orders to a program in Go. */
const ORDERS = {
  GODEBUG:
    "gctrace=1,inittrace=1,schedtrace=1,http2debug=2,netdns=cgo+9,fips140=nonsense,x509usefallbackroots=1",
  GOMEMLIMIT: "nonsense",
  GOGC: "1",
  GOMAXPROCS: "1",
  GOTRACEBACK: "crash",
  GOTRACE: "1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  ALL_PROXY: "http://127.0.0.1:1",
  SSL_CERT_FILE: "/nowhere",
  SSL_CERT_DIR: "/nowhere",
  RES_OPTIONS: "attempts:99",
  SSLKEYLOGFILE: "/tmp/never",
  LD_PRELOAD: "",
};

describe.skipIf(program === undefined)("the launcher", () => {
  let source: TestSource;
  let directory = "";
  beforeAll(async () => {
    source = await startSource();
    directory = mkdtempSync(join(tmpdir(), "sluice-launch-"));
  });
  beforeEach(() => {
    source.answer = give({ SECRET: "canary-value" });
  });
  afterAll(async () => {
    await source.stop();
    rmSync(directory, { recursive: true });
  });

  const line = (...command: string[]): string[] => [program ?? "", "exec", "--", ...command];
  const launch = async (
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Result> => run(line(...command), { env: { PATH: "/usr/bin:/bin", ...source.env, ...env } });

  it("5.6 takes no orders from the app's environment, and hands it on as it is", async () => {
    const { code, stdout, stderr } = await launch(["cat", "/proc/self/environ"], ORDERS);
    const orders = Object.entries(ORDERS).map(([name, value]) => `${name}=${value}\0`);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: ["PATH=/usr/bin:/bin\0", ...orders, "SECRET=canary-value\0"].join(""),
      stderr: "",
    });
  });

  it("5.6 trusts no root that the app's environment names", async () => {
    const file = join(directory, "roots.pem");
    writeFileSync(file, source.roots);
    const { ca } = await createAuthority("Another authority");
    const asked = source.asked;
    const result = await launch(["true"], {
      SSL_CERT_FILE: file,
      SSL_CERT_DIR: directory,
      GODEBUG: "x509usefallbackroots=1",
      SLUICE_PLAN: planFor(ca),
    });
    expect(result).toMatchObject({ code: 77, stderr: expect.stringContaining("roots in the plan") });
    expect(source.asked).toBe(asked);
  });

  it("4.1 waits for a source that is away, and says so once", async () => {
    const away: TestSource["answer"] = (response) => response.writeHead(503, { "Retry-After": "0" }).end();
    source.answer = inTurn(away, (response) => response.destroy(), away, give({ SECRET: "at last" }));
    const { code, stdout, stderr } = await launch(["sh", "-c", 'echo "$SECRET"'], {
      SLUICE_LOG_FORMAT: "json",
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "at last\n" });
    const records = stderr
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as { level: string; message: string });
    expect(records.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(records[1]?.message).toMatch(/^https:\/\/127\.0\.0\.1:\d+ answered after /);
  });

  it("never shows what it was given", async () => {
    const wrong: readonly string[] = [
      '{"protocol":1,"env":{"SECRET":"canary-value","SECRET":"canary-value"}}',
      '{"protocol":1,"env":{"SECRET":"canary-value" canary-value',
      '{"protocol":1,"env":{"SECRET":{"value":"canary-value"}}}',
      `{"protocol":1,"env":{"SECRET":"canary-value${"x".repeat(131_072)}"}}`,
      '{"protocol":1,"env":{"SECRET":["canary-value",{"var":"ABSENT"}]}}',
      '{"protocol":1,"critical":["new"],"env":{"SECRET":"canary-value"}}',
    ];
    for (const body of wrong) {
      source.answer = (response) => response.end(body);
      const { code, stdout, stderr } = await launch(["true"]);
      expect(code).toBeGreaterThanOrEqual(70);
      expect(stdout + stderr).not.toContain("canary");
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
    source.answer = give({ SECRET: "canary-value" });
    const { code, stderr } = await launch(["no-such-command"]);
    expect({ code, stderr }).toEqual({ code: 127, stderr: expect.not.stringContaining("canary") });
  });

  const namespace = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"];
  if (process.getuid?.() !== 0) namespace.push("--user", "--map-root-user");
  const [unshare = "", ...flags] = namespace;
  const isolated = spawnSync(unshare, [...flags, "true"]).status === 0;

  describe.runIf(isolated)("in a container", () => {
    it.each([
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const)("ends promptly by %s as PID 1, while it waits", async (signal, code) => {
      source.answer = (response) => response.writeHead(503, { "Retry-After": "50" }).end();
      const before = source.asked;
      const running = new Running([...namespace, ...line("true")], {
        env: { PATH: process.env["PATH"], ...source.env },
      });
      await until(
        () => running.stderr.includes("trying again") && source.asked > before,
        () => `the first try: ${running.stderr}`,
      );
      const [pidOne = 0] = childrenOf(running.pid);
      expect(readProc(pidOne, "status")).toMatch(/^NSpid:\s+\d+\s+1$/m);
      process.kill(pidOne, signal);
      expect(await running.result).toMatchObject({ code });
    });

    it("becomes PID 1", async () => {
      const env = { PATH: process.env["PATH"], ...source.env };
      const result = await run([...namespace, ...line("sh", "-c", 'echo $$ "$SECRET"; exit 5')], { env });
      expect(result).toMatchObject({ code: 5, stdout: "1 canary-value\n", stderr: "" });
    });

    it("needs nothing in the root but itself, and no user of any name", async () => {
      const root = join(directory, "root");
      mkdirSync(root);
      cpSync(program ?? "", join(root, "sluice-launch"));
      const enter = [
        "unshare",
        ...(process.getuid?.() === 0 ? ["--setuid=12345", "--setgid=12345"] : ["--map-root-user"]),
      ];
      const result = await run(
        [...enter, `--root=${root}`, "/sluice-launch", "exec", "--", "/sluice-launch", "version"],
        {
          env: { ...source.env, PATH: process.env["PATH"] },
        },
      );
      expect(result).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^sluice-launch \d/),
        stderr: "",
      });
    });
  });
});
