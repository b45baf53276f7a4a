import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { shell, sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";
import { commandWorkspace } from "./command-workspace.js";

const workspace = commandWorkspace();
const { path: cwd } = workspace;
afterAll(() => workspace[Symbol.dispose]());

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
