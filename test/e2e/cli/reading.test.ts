import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { shell, sluice } from "../../support/sluice.js";
import { commandWorkspace } from "./command-workspace.js";

const workspace = commandWorkspace();
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
