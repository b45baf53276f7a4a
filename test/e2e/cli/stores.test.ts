import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";
import { commandWorkspace } from "./command-workspace.js";

const workspace = commandWorkspace();
const { path: cwd } = workspace;
afterAll(() => workspace[Symbol.dispose]());

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
