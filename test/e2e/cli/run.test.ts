import { afterAll, describe, expect, it } from "vitest";
import { shell, sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const workspace = createWorkspace({
  "sluice.yaml": `stores:
  dev: { provider: file, path: ./secrets.env }
  json: { provider: file, path: ./secrets.json }
env:
  WHOLE: secret://dev/PASSWORD
  EMBEDDED: "u:\${secret://dev/PASSWORD}@\${secret://json/db#host}"
  LITERAL: "$\${secret://dev/PASSWORD} costs $5 in \${HOME}"
  PLAIN: 0080
`,
  "empty.yaml":
    "stores:\n  dev: { provider: file, path: ./secrets.env }\n  json: { provider: file, path: ./secrets.json }\n",
  "secrets.env": "PASSWORD='p4ss word'\nTOKEN=t0ken\nMULTI=\"a\\nb\"\n",
  "secrets.json": '{ "db": { "host": "db.local", "port": 5432 }, "nul": "a\\u0000b" }',
  "more.env": "FROM_FILE=secret://dev/TOKEN\nPLAIN=from-file\n",
});
const { path: cwd } = workspace;
afterAll(() => workspace[Symbol.dispose]());

const PRINT = ["--", process.execPath, "-e", "process.stdout.write(JSON.stringify(process.env))"];
async function environmentOf(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await sluice(["run", ...args, ...PRINT], { cwd, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, string>;
}

describe("sluice run, where references are read from", () => {
  it("fills the configuration's env:, whole and embedded, and leaves other text alone", async () => {
    expect(await environmentOf([])).toMatchObject({
      WHOLE: "p4ss word",
      EMBEDDED: "u:p4ss word@db.local",
      LITERAL: "${secret://dev/PASSWORD} costs $5 in ${HOME}",
      PLAIN: "0080",
    });
  });

  it("fills references in the environment", async () => {
    const env = { A: "secret://dev/TOKEN", B: "<${secret://json/db#port}>", C: "${HOME} $$" };
    expect(await environmentOf(["--config", "empty.yaml"], env)).toMatchObject({
      A: "t0ken",
      B: "<5432>",
      C: "${HOME} $$",
    });
  });

  it("fills --env-file, over the configuration, over the environment", async () => {
    const env = await environmentOf(["--env-file", "more.env"], { PLAIN: "inherited", OTHER: "kept" });
    expect(env).toMatchObject({ FROM_FILE: "t0ken", PLAIN: "from-file", OTHER: "kept", WHOLE: "p4ss word" });
  });

  it("adds nothing else", async () => {
    const bare = await environmentOf(["--config", "empty.yaml"], { X: "1" });
    expect(Object.keys(bare).sort()).toEqual(["HOME", "PATH", "X"]);
  });

  it("finds its configuration by SLUICE_CONFIG", async () => {
    const env = await environmentOf([], { SLUICE_CONFIG: "empty.yaml", A: "secret://dev/TOKEN" });
    expect(env).toMatchObject({ A: "t0ken" });
    expect(env).not.toHaveProperty("WHOLE");
  });

  it("reads a configuration in TypeScript", async () => {
    const provider = new URL("../../../packages/provider-file/dist/index.js", import.meta.url).href;
    workspace.write(
      "in-code.ts",
      `import { file } from ${JSON.stringify(provider)};
const path: string = "./secrets.env";
export default { stores: { ts: file({ path }) }, env: { FROM_TS: "secret://ts/TOKEN" } };`,
    );
    expect(await environmentOf(["--config", "in-code.ts"])).toMatchObject({ FROM_TS: "t0ken" });
  });
});

describe("sluice run, options", () => {
  it("--pristine leaves out what is plain and inherited", async () => {
    const env = await environmentOf(["--pristine", "--config", "empty.yaml"], {
      A: "secret://dev/TOKEN",
      B: "plain",
    });
    expect(env).toEqual({ A: "t0ken" });
  });

  it("--preserve-env keeps plain values, not references", async () => {
    const env = { PLAIN: "mine", WHOLE: "secret://dev/TOKEN" };
    expect(await environmentOf(["--preserve-env"], env)).toMatchObject({ PLAIN: "mine", WHOLE: "p4ss word" });
  });

  it("--prefix goes before added names", async () => {
    const env = await environmentOf(["--prefix", "TF_VAR_"]);
    expect(env).toMatchObject({ TF_VAR_WHOLE: "p4ss word" });
    expect(env).not.toHaveProperty("WHOLE");
  });

  it("--strict fills only what is marked", async () => {
    const env = await environmentOf(["--strict"], {
      WHOLE: "secret://",
      PLAIN: "mine",
      OWN: "secret://dev/TOKEN",
    });
    expect(env).toMatchObject({ WHOLE: "p4ss word", PLAIN: "mine", OWN: "t0ken" });
    expect(env).not.toHaveProperty("EMBEDDED");
  });

  it("--strict fails on a mark that nothing fills", async () => {
    const { code, stdout, stderr } = await sluice(["run", "--strict", ...PRINT], {
      cwd,
      env: { NOPE: "secret://" },
    });
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toMatch(/NOPE .*marked to be filled/);
  });

  it("--dry-run shows names and masks every value", async () => {
    const masked = await sluice(["run", "--dry-run", "--", "touch", "started"], { cwd });
    expect(masked).toMatchObject({ code: 0, stderr: "" });
    expect(masked.stdout).toContain("WHOLE");
    expect(masked.stdout).not.toMatch(/p4ss|0080/);
    expect(() => workspace.read("started")).toThrow("ENOENT");
    const { stdout } = await sluice(["run", "--dry-run", "--no-masking", "--", "true"], { cwd });
    expect(stdout).toContain("p4ss word");
  });
});

describe("sluice run, failing closed", () => {
  const START = ["--", "touch", "must-not-exist"];
  it.each([
    [
      "a secret that is not there",
      "secret://dev/PASWORD",
      66,
      /A .*dev .*secret:\/\/dev\/PASWORD .*PASSWORD/,
    ],
    [
      "a field that is not there",
      "secret://json/db#hots",
      66,
      /A .*json .*no field "hots" .*Did you mean "host"\?/,
    ],
    ["an unknown store", "secret://prod/x", 78, /A .*prod .*no configured store/],
    ["a malformed reference", "secret://dev/../x", 78, /A .*malformed at character 14/],
    ["an embedded one that never ends", "x${secret://dev/x", 78, /A .*never closed/],
    ["a value no variable can hold", "secret://json/nul", 78, /A .*NUL/],
    ["a version the store cannot tell", "secret://dev/PASSWORD?version=1", 78, /A .*exact versions/],
  ])("starts nothing for %s", async (_, reference, code, table) => {
    const result = await sluice(["run", ...START], { cwd, env: { A: reference } });
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(/the command was not started/);
    expect(result.stderr).toMatch(table);
    expect(() => workspace.read("must-not-exist")).toThrow("ENOENT");
  });

  it("lists every failure in one table", async () => {
    const env = {
      A: "secret://dev/NOPE",
      B: "secret://nostore/x",
      C: "secret://dev/%zz",
      D: "secret://dev/TOKEN",
    };
    const { code, stderr } = await sluice(["run", ...START], { cwd, env });
    expect(code).toBe(78);
    expect(stderr).toMatch(/3 references could not be resolved/);
    for (const name of ["A", "B", "C"]) expect(stderr).toMatch(new RegExp(`^${name} `, "m"));
    expect(stderr).not.toMatch(/^D /m);
    expect(stderr).toMatch(/^VARIABLE +FROM +STORE +REFERENCE +PROBLEM +WHAT TO DO$/m);
  });

  it("refuses a reference in an argument", async () => {
    const { code, stderr } = await sluice(["run", "--", "echo", "secret://dev/TOKEN"], { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain("everybody on the machine can read them");
  });

  it.each([
    [["run"], 64, /missing required argument/],
    [["run", "--wacth", "restart", "true"], 64, /Did you mean --watch/],
    [["rnu"], 64, /Did you mean run/],
    [["run", "--watch", "sometimes", "true"], 64, /signal:NAME/],
    [["run", "--config", "nowhere.yaml", "--", "true"], 78, /no such file/],
    [["run", "--env-file", "nowhere.env", "--", "true"], 78, /nowhere\.env cannot be read \(ENOENT\)/],
    [["run", "--", "no-such-command"], 127, /"no-such-command" was not found/],
    [["run", "--", "./secrets.env"], 126, /chmod \+x/],
  ])("explains %j", async (args, code, message) => {
    // Node looks for --env-file among its script's arguments too, unless a -- stands before the script.
    const result = await sluice(args, { cwd, nodeArgs: ["--"] });
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ code, stdout: "" });
  });
});

describe("sluice run, taking the place of sluice", () => {
  it.each([0, 1, 77, 255])("ends with the command's exit code %d", async (code) => {
    expect(await sluice(["run", "--", "sh", "-c", `exit ${code}`], { cwd })).toMatchObject({
      code,
      stderr: "",
    });
  });

  it("dies of the command's signal", async () => {
    expect(await sluice(["run", "--", "sh", "-c", "kill -TERM $$"], { cwd })).toMatchObject({
      signal: "SIGTERM",
    });
  });

  it("keeps the process id", async () => {
    const { stdout } = await shell('echo $$; exec "$NODE" "$SLUICE" run -- sh -c \'echo $$\'', { cwd });
    const [before, after] = stdout.trim().split("\n");
    expect(after).toBe(before);
  });

  it("hands over standard input", async () => {
    expect(await sluice(["run", "--", "cat"], { cwd, input: "through" })).toMatchObject({
      stdout: "through",
    });
  });

  it("passes options after -- on, and options of the command without it", async () => {
    expect(await sluice(["run", "echo", "--help", "-n"], { cwd })).toMatchObject({ stdout: "--help -n\n" });
    expect(await sluice(["run", "--", "echo", "--", "x"], { cwd })).toMatchObject({ stdout: "-- x\n" });
  });
});

describe.runIf(process.platform === "linux")("sluice run, seen from /proc", () => {
  // The same small script looks at itself, started directly and by sluice, by the same shell with a lowered limit.
  const LOOK = `
    grep -E "^(Sig(Blk|Ign|Cgt)|Cap|Uid|Gid|Groups|NoNewPrivs|Seccomp|Umask|Cpus_allowed:|Threads)" /proc/self/status
    cat /proc/self/limits
    for fd in 0 1 2; do readlink /proc/$$/fd/$fd; grep ^flags /proc/$$/fdinfo/$fd; done
    ls /proc/self/fd`;

  it("status, limits and descriptors equal those of a direct start", async () => {
    workspace.write("look.sh", LOOK);
    const both = `ulimit -Sn 512; exec 2>&1 </dev/null
      sh look.sh; echo ======; "$NODE" "$SLUICE" run -- sh look.sh; true`;
    const { stdout } = await shell(both, { cwd });
    const [direct, started] = stdout.split("======\n");
    expect(direct).toMatch(/Max open files +512 /);
    expect(started).toBe(direct);
  });

  it("the environment equals that of a direct start but for the secrets", async () => {
    const look = "tr '\\0' '\\n' < /proc/self/environ | sort";
    const env = { "odd.name": "1", EMPTY: "", A: "secret://dev/TOKEN" };
    const direct = await shell(look, { cwd, env });
    const started = await shell(`exec "$NODE" "$SLUICE" run --config empty.yaml -- sh -c "${look}"`, {
      cwd,
      env,
    });
    expect(started.stderr).toBe("");
    const own = (text: string) => text.split("\n").filter((line) => !/^(PWD|OLDPWD|_|SHLVL)=/.test(line));
    expect(own(started.stdout)).toEqual(
      own(direct.stdout).map((line) => (line.startsWith("A=") ? "A=t0ken" : line)),
    );
  });
});
