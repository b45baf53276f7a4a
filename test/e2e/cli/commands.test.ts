import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { shell, sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const binary = Uint8Array.of(0, 1, 0xfe, 0xff, 10);
const workspace = createWorkspace({
  "sluice.yaml": `stores:
  dev: { provider: file, path: ./secrets.env }
  dir: { provider: file, path: ./dir }
env:
  USER_NAME: ada
  PASSWORD: secret://dev/PASSWORD
`,
  "secrets.env": 'PASSWORD=\'p4ss "word"\'\nCERT="-----BEGIN\\nabc\\n"\nB64=aGVsbG8=\n',
  "dir/raw": binary,
  "dir/nested/key": "inner",
  "app.tpl": "user: ${secret://dev/PASSWORD}\ncost: $5 ${HOME} $${secret://dev/x}\n",
});
const { path: cwd } = workspace;
afterAll(() => workspace[Symbol.dispose]());

describe("sluice read", () => {
  it("prints the value and nothing else", async () => {
    expect(await sluice(["read", "secret://dev/PASSWORD"], { cwd })).toEqual({
      code: 0,
      signal: null,
      stdout: 'p4ss "word"',
      stderr: "",
    });
    expect(await sluice(["read", "secret://dev/B64?decode=base64"], { cwd })).toMatchObject({
      stdout: "hello",
    });
  });

  it("prints bytes as they are", async () => {
    const { stdout } = await shell('"$NODE" "$SLUICE" read secret://dir/raw | od -An -tx1', { cwd });
    expect(stdout.trim()).toBe("00 01 fe ff 0a");
  });

  it.each([
    ["secret://dev/NOPE", 66, /has no|not/],
    ["secret://nope/x", 78, /names no configured store/],
    ["dev/x", 78, /does not begin with secret:\/\//],
    ["secret://dir/../secrets.env", 78, /"\.\." segment/],
  ])("fails on %s with %d", async (reference, code, message) => {
    const result = await sluice(["read", reference], { cwd });
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(message);
  });
});

describe("sluice export", () => {
  it.each([
    ["json", '{\n  "USER_NAME": "ada",\n  "PASSWORD": "p4ss \\"word\\""\n}\n'],
    ["dotenv", "USER_NAME=ada\nPASSWORD='p4ss \"word\"'\n"],
    ["shell", "export USER_NAME='ada'\nexport PASSWORD='p4ss \"word\"'\n"],
    ["csv", 'name,value\nUSER_NAME,ada\nPASSWORD,"p4ss ""word"""\n'],
    ["tsv", 'name\tvalue\nUSER_NAME\tada\nPASSWORD\tp4ss "word"\n'],
    ["tfvars", 'USER_NAME = "ada"\nPASSWORD = "p4ss \\"word\\""\n'],
    ["java-properties", 'USER_NAME=ada\nPASSWORD=p4ss "word"\n'],
  ])("writes %s", async (format, expected) => {
    expect(await sluice(["export", "--format", format], { cwd })).toMatchObject({
      code: 0,
      stdout: expected,
    });
  });

  it("writes yaml", async () => {
    const { stdout } = await sluice(["export", "--format", "yaml"], { cwd });
    expect(parse(stdout)).toEqual({ USER_NAME: "ada", PASSWORD: 'p4ss "word"' });
  });

  it("takes names, and knows which there are", async () => {
    expect(await sluice(["export", "USER_NAME"], { cwd })).toMatchObject({ stdout: "USER_NAME=ada\n" });
    const { code, stderr } = await sluice(["export", "NOPE"], { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain("There are: USER_NAME, PASSWORD");
  });

  it("can be evaluated by a shell", async () => {
    const { stdout } = await shell(
      'eval "$("$NODE" "$SLUICE" export --format shell)"; printf %s "$PASSWORD"',
      { cwd },
    );
    expect(stdout).toBe('p4ss "word"');
  });

  it("leaves out what is inherited and plain", async () => {
    const { stdout } = await sluice(["export"], { cwd, env: { PLAIN: "x", ALSO: "secret://dev/B64" } });
    expect(stdout).toContain("ALSO=aGVsbG8=\n");
    expect(stdout).not.toContain("PLAIN");
  });
});

describe("sluice inject", () => {
  const filled = 'user: p4ss "word"\ncost: $5 ${HOME} ${secret://dev/x}\n';

  it("fills a template on standard output", async () => {
    expect(await sluice(["inject", "-i", "app.tpl"], { cwd })).toMatchObject({ code: 0, stdout: filled });
    const piped = await sluice(["inject", "-i", "-"], { cwd, input: workspace.read("app.tpl") });
    expect(piped).toMatchObject({ code: 0, stdout: filled });
  });

  it("writes a file that only its owner reads, whatever the umask", async () => {
    await shell('umask 0; "$NODE" "$SLUICE" inject -i app.tpl -o out.yaml', { cwd });
    expect(workspace.read("out.yaml")).toBe(filled);
    expect(statSync(join(cwd, "out.yaml")).mode & 0o777).toBe(0o600);
    await shell('umask 077; "$NODE" "$SLUICE" inject -i app.tpl -o out.yaml --mode 0644', { cwd });
    expect(statSync(join(cwd, "out.yaml")).mode & 0o777).toBe(0o644);
  });

  it("leaves the old file alone and nothing beside it when a reference fails", async () => {
    workspace.write("old.yaml", "old");
    workspace.write("bad.tpl", "line 1\n  pw: ${secret://dev/NOPE}\n");
    const { code, stderr, stdout } = await sluice(["inject", "-i", "bad.tpl", "-o", "old.yaml"], { cwd });
    expect({ code, stdout }).toEqual({ code: 66, stdout: "" });
    expect(stderr).toContain("secret://dev/NOPE");
    expect(workspace.read("old.yaml")).toBe("old");
    const { stdout: left } = await shell("ls -A | grep old", { cwd });
    expect(left).toBe("old.yaml\n");
  });

  it("names line and column of a malformed reference", async () => {
    workspace.write("bad.tpl", "line 1\n  pw: ${secret://dev/a b}\n");
    const { code, stderr } = await sluice(["inject", "-i", "bad.tpl"], { cwd });
    expect(code).toBe(78);
    expect(stderr).toContain("bad.tpl:2:23");
  });

  it("refuses a template whose bytes it would change", async () => {
    workspace.write("latin1.tpl", Uint8Array.of(0x66, 0xfc, 0x72));
    const { code, stdout, stderr } = await sluice(["inject", "-i", "latin1.tpl"], { cwd });
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toContain("latin1.tpl is not UTF-8 text");
  });

  it("says what it cannot read or write", async () => {
    expect((await sluice(["inject", "-i", "nope.tpl"], { cwd })).stderr).toContain(
      "nope.tpl cannot be read (ENOENT)",
    );
    const { code, stderr } = await sluice(["inject", "-i", "app.tpl", "-o", "no/such/folder"], { cwd });
    expect(code).toBe(78);
    expect(stderr).toContain("no/such/folder cannot be written (ENOENT)");
  });
});

const HALF_LISTED = `export default { stores: { half: {
  provider: "half",
  capabilities: {
    batchSize: 1, fields: "extracted", versions: { exact: false, label: false }, list: { carriesVersion: false },
  },
  create: () => ({
    resolve: async () => [],
    async *list() { yield { items: [{ path: "one" }], complete: false }; },
  }),
} } };`;

describe("sluice list", () => {
  it("names secrets and never shows values", async () => {
    const { stdout, code } = await sluice(["list", "-o", "json"], { cwd });
    expect(code).toBe(0);
    const references = (JSON.parse(stdout) as { reference: string }[]).map(({ reference }) => reference);
    expect(references.sort()).toEqual([
      "secret://dev/B64",
      "secret://dev/CERT",
      "secret://dev/PASSWORD",
      "secret://dir/nested/key",
      "secret://dir/raw",
    ]);
    const { stdout: table } = await sluice(["list", "dir", "--prefix", "nested/"], { cwd });
    expect(table).toMatch(/^REFERENCE +VERSION +UPDATED\nsecret:\/\/dir\/nested\/key +\S+ +\S+\n$/);
  });

  it("shows what it saw of a store that cannot be listed completely, and says so", async () => {
    using folder = createWorkspace({ "sluice.config.mjs": HALF_LISTED });
    const { code, stdout, stderr } = await sluice(["list", "-o", "json"], { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject([{ reference: "secret://half/one" }]);
    expect(code).toBe(69);
    expect(stderr).toContain('SLU2003: Store "half": could not be listed completely');
  });

  it("helps with an unknown store", async () => {
    const { code, stderr } = await sluice(["list", "de"], { cwd });
    expect(code).toBe(78);
    expect(stderr).toContain('Did you mean "dev"?');
  });
});

describe("sluice put and delete", () => {
  it("writes what standard input gives, byte for byte or trimmed", async () => {
    const reference = "secret://dir/new/one";
    const first = await sluice(["put", reference], { cwd, input: "a b\n" });
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toMatch(/^sluice: secret:\/\/dir\/new\/one created, version \S+\n$/);
    expect(workspace.read("dir/new/one")).toBe("a b\n");
    await sluice(["put", "--trim", "secret://dev/NEW"], { cwd, input: "from echo\n" });
    expect(await sluice(["read", "secret://dev/NEW"], { cwd })).toMatchObject({ stdout: "from echo" });
  });

  it("takes nothing for a program before it that failed, unless an empty value is allowed", async () => {
    workspace.write("dir/kept", "x");
    const refused = await sluice(["put", "--trim", "secret://dir/kept"], { cwd, input: "\n" });
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain("--allow-empty");
    expect(workspace.read("dir/kept")).toBe("x");
    const allowed = await sluice(["put", "--allow-empty", "secret://dir/kept"], { cwd, input: "" });
    expect(allowed.code).toBe(0);
    expect(workspace.read("dir/kept")).toBe("");
  });

  it("honours its conditions", async () => {
    const reference = "secret://dir/conditional";
    await sluice(["put", "--if-absent", reference], { cwd, input: "first" });
    const second = await sluice(["put", "--if-absent", reference], { cwd, input: "second" });
    expect(second.code).toBe(78);
    expect(second.stderr).toContain("there is a value already");
    const stale = await sluice(["put", "--if-version", "nope", reference], { cwd, input: "third" });
    expect(stale.code).toBe(78);
    expect(workspace.read("dir/conditional")).toBe("first");
  });

  it("deletes, once", async () => {
    workspace.write("dir/old", "x");
    expect(await sluice(["delete", "secret://dir/old"], { cwd })).toMatchObject({ code: 0 });
    expect((await sluice(["delete", "secret://dir/old"], { cwd })).code).toBe(66);
    expect(() => workspace.read("dir/old")).toThrow("ENOENT");
  });

  it("changes whole secrets only", async () => {
    const { code, stderr } = await sluice(["put", "secret://dev/A#field"], { cwd, input: "x" });
    expect(code).toBe(64);
    expect(stderr).toContain("has a key");
  });
});

describe("sluice explain", () => {
  it("shows the plan without reading a secret", async () => {
    chmodSync(join(cwd, "secrets.env"), 0);
    const { code, stdout } = await sluice(["explain", "-o", "json"], { cwd, env: { PASSWORD: "inherited" } });
    chmodSync(join(cwd, "secrets.env"), 0o600);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        variable: "PASSWORD",
        kind: "secret",
        from: "sluice.yaml:6",
        replaces: ["environment"],
        references: ["secret://dev/PASSWORD"],
      },
      { variable: "USER_NAME", kind: "plain", from: "sluice.yaml:5", replaces: [], references: [] },
    ]);
    expect(stdout).not.toContain("ada");
  });

  it("tells why", async () => {
    const { stdout } = await sluice(["explain", "--why", "PASSWORD"], { cwd });
    expect(stdout).toMatch(/stores +dev: file \.\/secrets\.env/);
    expect(stdout).toMatch(/because +env: and env files go over the environment/);
    const unknown = await sluice(["explain", "--why", "PASWORD"], { cwd });
    expect(unknown.code).toBe(64);
    expect(unknown.stderr).toContain("Did you mean PASSWORD?");
  });

  it("shows malformed references too, and fails", async () => {
    const { code, stderr, stdout } = await sluice(["explain"], { cwd, env: { BAD: "secret://dev" } });
    expect(code).toBe(78);
    expect(stdout).toContain("USER_NAME");
    expect(stderr).toMatch(/BAD .*the path is missing/);
  });
});

describe("sluice init", () => {
  it("scaffolds what then works, and never overwrites", async () => {
    using fresh = createWorkspace({ ".gitignore": "node_modules" });
    const first = await sluice(["init"], { cwd: fresh.path });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(fresh.read(".gitignore")).toBe("node_modules\nsecrets.env\n");
    expect(statSync(join(fresh.path, "secrets.env")).mode & 0o077).toBe(0);
    const run = await sluice(["run", "--", "printenv", "GREETING"], { cwd: fresh.path });
    expect(run).toMatchObject({ code: 0, stdout: "hello from sluice\n" });
    const again = await sluice(["init"], { cwd: fresh.path });
    expect(again.code).toBe(78);
    expect(again.stderr).toContain("there is a configuration already");
  });

  it("keeps a secrets.env that is there", async () => {
    using fresh = createWorkspace({ "sub/secrets.env": "MINE=1\n" });
    const { stdout } = await sluice(["init", "sub"], { cwd: fresh.path });
    expect(stdout).toMatch(/kept +secrets\.env/);
    expect(fresh.read("sub/secrets.env")).toBe("MINE=1\n");
  });

  it("is what an empty folder is told to do", async () => {
    using fresh = createWorkspace();
    const { code, stderr } = await sluice(["run", "--", "true"], { cwd: fresh.path });
    expect(code).toBe(78);
    expect(stderr).toContain("sluice init");
  });
});

describe("sluice version, help and completion", () => {
  it("tells its version in two ways", async () => {
    const { stdout } = await sluice(["--version"], { cwd });
    const facts = await sluice(["version", "-o", "json"], { cwd });
    expect(JSON.parse(facts.stdout)).toMatchObject({
      sluice: stdout.trim(),
      providers: ["file", "ssm", "secrets-manager", "azure-key-vault", "vault", "kubernetes"],
    });
  });

  it("shows every command in its help, and ends well", async () => {
    const { code, stdout } = await sluice(["--help"], { cwd });
    expect(code).toBe(0);
    for (const command of [
      "run",
      "read",
      "export",
      "inject",
      "list",
      "explain",
      "init",
      "completion",
      "version",
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    expect(stdout).not.toContain("__complete");
  });

  it("explains every error code, in either case", async () => {
    const { code, stdout } = await sluice(["help", "slu1002"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# SLU1002: A reference names a store that is not configured\n/);
    expect(stdout).toContain("sluice doctor");
  });

  it("helps with a command, with all of them, and with what is neither", async () => {
    const own = await sluice(["read", "--help"], { cwd });
    expect(await sluice(["help", "read"], { cwd })).toMatchObject({ code: 0, stdout: own.stdout });
    const all = await sluice(["--help"], { cwd });
    expect(await sluice(["help"], { cwd })).toMatchObject({ code: 0, stdout: all.stdout });
    const neither = await sluice(["help", "SLU1099"], { cwd });
    expect(neither.code).toBe(64);
    expect(neither.stderr).toContain("Did you mean SLU1");
  });

  it.each([
    [["ru"], ["run"]],
    [
      ["run", "--pr"],
      ["--preserve-env", "--prefix", "--pristine"],
    ],
    [
      ["export", "--format", "j"],
      ["json", "java-properties"],
    ],
    [
      ["list", ""],
      ["dev", "dir"],
    ],
    [["completion", "z"], ["zsh"]],
    [["run", "--env-file", ""], []],
  ])("completes %j", async (words, expected) => {
    const { stdout } = await sluice(["__complete", "--", ...words], { cwd });
    expect(stdout.split("\n").filter(Boolean).sort()).toEqual(expected.toSorted());
  });

  it("completes in a real bash", async () => {
    const script = `sluice() { "$NODE" "$SLUICE" "$@"; }; source <(sluice completion bash)
      COMP_WORDS=(sluice export --format t) COMP_CWORD=3; _sluice; echo "\${COMPREPLY[@]}"`;
    const { stdout } = await shell(`exec bash -c '${script}'`, { cwd });
    expect(stdout).toBe("tsv tfvars\n");
  });

  it.each(["bash", "zsh", "fish", "powershell"])("prints a script for %s", async (name) => {
    const { code, stdout } = await sluice(["completion", name], { cwd });
    expect({ code, asks: stdout.includes("sluice __complete -- ") }).toEqual({ code: 0, asks: true });
  });
});
