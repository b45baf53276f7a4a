import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const RECORDER = new URL("../../fixtures/record-modules.mjs", import.meta.url).href;
const FOREIGN = /inversify|reflect-metadata|@azure|@aws-sdk|@smithy|node-vault|@kubernetes|jsonc-parser/;

const workspace = createWorkspace({
  "sluice.yaml": "stores: { dev: { provider: file, path: ./secrets.env } }\nenv: { A: secret://dev/KEY }\n",
  "secrets.env": "KEY=value\n",
});
afterAll(() => workspace[Symbol.dispose]());

async function modulesOf(args: readonly string[]): Promise<string[]> {
  const record = join(workspace.path, "modules.txt");
  workspace.write("modules.txt", "");
  const result = await sluice(args, {
    cwd: workspace.path,
    nodeArgs: ["--import", RECORDER],
    env: { RECORD_MODULES: record },
  });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  return readFileSync(record, "utf8").split("\n").filter(Boolean);
}

describe("sluice run with a file store", () => {
  it("loads no cloud SDK, no Kubernetes client, no DI container and no parser it does not need", async () => {
    const modules = await modulesOf(["run", "--", "true"]);
    expect(modules.some((url) => url.includes("provider-file"))).toBe(true);
    expect(modules.filter((url) => FOREIGN.test(url))).toEqual([]);
    expect(modules.filter((url) => url.includes("/templates/"))).toEqual([]);
  });

  it("would be caught if it did", () => {
    const record = join(workspace.path, "positive.txt");
    workspace.write("positive.txt", "");
    execFileSync(
      process.execPath,
      ["--import", RECORDER, "--input-type=module", "-e", 'await import("@sluice/core/di")'],
      { cwd: new URL("../..", import.meta.url), env: { ...process.env, RECORD_MODULES: record } },
    );
    expect(readFileSync(record, "utf8")).toMatch(FOREIGN);
  });
});
