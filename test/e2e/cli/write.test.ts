import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatFilesPlan } from "@sluice/core/plan";
import { afterAll, describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const CANARY = "SECRET-b41d";

const workspace = createWorkspace({
  "sluice.yaml": "stores:\n  dev: { provider: file, path: secrets.json }\n",
  "secrets.json": JSON.stringify({ db: { user: "app", password: CANARY }, key: "k" }),
});
const cwd = workspace.path;

afterAll(() => workspace[Symbol.dispose]());

const planText = (folder: string, reference = "secret://dev/key"): string => `
roots: ["${cwd}/${folder}"]
files:
  - path: ${cwd}/${folder}/db.properties
    content: { format: java-properties, spread: [{ from: secret://dev/db }] }
    mode: "0440"
  - path: ${cwd}/${folder}/conf/key
    content: { format: raw, text: "${reference}" }
`;

describe("sluice write", () => {
  it("writes the files of a plan, and nothing a second time", async () => {
    workspace.write("files.yaml", planText("a"));
    const first = await sluice(["write", "-f", "files.yaml"], { cwd });
    expect(first).toMatchObject({ code: 0, stdout: "", stderr: `sluice: wrote 2 files in ${cwd}/a\n` });
    expect(workspace.read("a/db.properties")).toBe(`user=app\npassword=${CANARY}\n`);
    expect(workspace.read("a/conf/key")).toBe("k");
    expect(statSync(join(cwd, "a/db.properties")).mode & 0o777).toBe(0o440);
    const before = readdirSync(join(cwd, "a"));
    const second = await sluice(["write", "-f", "-"], { cwd, input: planText("a") });
    expect(second.stderr).toContain("nothing changed");
    expect(readdirSync(join(cwd, "a"))).toEqual(before);
  });

  it("takes the plan of the variable", async () => {
    const SLUICE_FILES = formatFilesPlan({
      version: 1,
      minReader: 1,
      critical: [],
      roots: [join(cwd, "b")],
      files: [{ path: join(cwd, "b/key"), content: { format: "raw", text: "secret://dev/key" } }],
    });
    expect((await sluice(["write"], { cwd, env: { SLUICE_FILES } })).code).toBe(0);
    expect(readFileSync(join(cwd, "b/key"), "utf8")).toBe("k");
  });

  it("takes what a pod's annotations ask for, as the kubelet writes them", async () => {
    const line = (key: string, value: string): string => `${key}=${JSON.stringify(value)}\n`;
    const asked = [
      line("kubernetes.io/config.seen", "2026-11-21"),
      line("sluice.dev/file.app.env", "USER=${secret://dev/db#user}\nKEY=secret://dev/key"),
      line("sluice.dev/file-format.app.env", "dotenv"),
      line("sluice.dev/file-path.app.env", join(cwd, "d/conf/app.env")),
      line("sluice.dev/file.key", "secret://dev/key"),
      line("sluice.dev/file-path.key", join(cwd, "d/key")),
    ];
    workspace.write("annotations", asked.join(""));
    const args = ["write", "--annotations", "annotations", "--allow", join(cwd, "d")];
    expect(await sluice(args, { cwd })).toMatchObject({
      code: 0,
      stderr: `sluice: wrote 2 files in ${cwd}/d\n`,
    });
    expect(workspace.read("d/conf/app.env")).toBe("USER=app\nKEY=k\n");
    for (const [text, why] of [
      ["a=b\n", "asks for no files"],
      ["junk\n", "annotations:1"],
      [line("sluice.dev/file.a", "secret://Dev/x"), "store name"],
      [line("sluice.dev/file-mode.a", "0400"), "names no file"],
    ] as const) {
      workspace.write("annotations", text);
      expect(await sluice(args, { cwd })).toMatchObject({ code: 78, stderr: expect.stringContaining(why) });
    }
  });

  it.each([
    ["a secret that is missing", planText("c", "secret://dev/gone"), [], 66, "secret://dev/gone"],
    ["a store that is not there", planText("c", "secret://prod/x"), [], 78, "prod"],
    ["a folder that is not allowed", planText("c"), ["--allow", "/run"], 78, "must not be written"],
    ["a plan that is none", "roots: []\nfiles: [{ path: /x }]\n", [], 78, "plan.yaml:1:8"],
    ["a path beside its folder", planText("c").replace("conf/key", "../key"), [], 78, '".."'],
    ["a retry that is no number", planText("c"), ["--retry-delay", "soon"], 64, "whole seconds"],
  ])("writes nothing for %s", async (_, plan, args, code, why) => {
    workspace.write("plan.yaml", plan);
    const ended = await sluice(["write", "-f", "plan.yaml", ...args], { cwd });
    expect([ended.code, ended.stdout]).toEqual([code, ""]);
    expect(ended.stderr).toContain(why);
    expect(ended.stderr).not.toContain(CANARY);
    expect(readdirSync(cwd)).not.toContain("c");
  });

  it("tries once more if it is told to, and says so", async () => {
    workspace.write("plan.yaml", planText("c", "secret://dev/gone"));
    const ended = await sluice(["write", "-f", "plan.yaml", "--retry-delay", "0"], { cwd });
    expect(ended.code).toBe(66);
    expect(ended.stderr).toContain("trying again in 0 s");
  });

  it("has to be told what to write", async () => {
    expect(await sluice(["write"], { cwd })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("SLUICE_FILES"),
    });
  });
});
