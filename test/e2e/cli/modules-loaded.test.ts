import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { afterAll, describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const RECORDER = new URL("../../fixtures/record-modules.mjs", import.meta.url).href;
const FOREIGN =
  /inversify|reflect-metadata|@azure|@aws-sdk|@smithy|node_modules.node-vault|@kubernetes|jsonc-parser/;
const PACKAGE = /\/packages\/((?:provider-[a-z]+|kubernetes))\//;

/** For each provider: a store of it that can be configured anywhere, and the packages that it is made of. */
const STORES: Readonly<Record<string, readonly [store: string, packages: readonly string[]]>> = {
  file: ["path: ./secrets.env", ["provider-file"]],
  ssm: ["region: eu-central-1", ["provider-ssm"]],
  "secrets-manager": ["region: eu-central-1", ["provider-ssm"]],
  "azure-key-vault": ["vault: acme", ["provider-azure"]],
  vault: ["address: https://127.0.0.1:1", ["provider-vault"]],
  kubernetes: ["namespace: shop", ["kubernetes", "provider-kubernetes"]],
};

const workspace = createWorkspace({
  "sluice.yaml": "stores: { dev: { provider: file, path: ./secrets.env } }\nenv: { A: secret://dev/KEY }\n",
  "secrets.env": "KEY=value\n",
  "code/sluice.config.mjs": "export default { stores: {}, env: { A: 'x' } };\n",
  ...Object.fromEntries(
    Object.entries(STORES).map(([id, [options]]) => [
      `${id}.yaml`,
      `stores: { s: { provider: ${id}, ${options} } }\nenv: { A: secret://s/key }\n`,
    ]),
  ),
});
afterAll(() => workspace[Symbol.dispose]());

async function modulesOf(args: readonly string[], folder = "."): Promise<string[]> {
  const record = join(workspace.path, "modules.txt");
  workspace.write("modules.txt", "");
  const result = await sluice(args, {
    cwd: join(workspace.path, folder),
    nodeArgs: ["--import", RECORDER],
    env: { RECORD_MODULES: record },
  });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  return readFileSync(record, "utf8").split("\n").filter(Boolean);
}

function providerPackages(modules: readonly string[]): string[] {
  const names = modules.flatMap((url) => PACKAGE.exec(url)?.[1] ?? []);
  return Array.from(new Set(names)).sort();
}

describe("sluice run with a file store", () => {
  it("loads no other provider, no cloud SDK, no Kubernetes client, no DI container and no parser it does not need", async () => {
    const modules = await modulesOf(["run", "--", "true"]);
    expect(providerPackages(modules)).toEqual(["provider-file"]);
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

describe("sluice sidecar", () => {
  it("loads nothing of fetch, which comes with the ES module of node:http", async () => {
    const files = [
      { path: join(workspace.path, "files/a"), content: { format: "raw", text: "secret://dev/KEY" } },
    ];
    workspace.write("files.json", JSON.stringify({ roots: [join(workspace.path, "files")], files }));
    const modules = await modulesOf(["sidecar", "--once", "--file", "files.json", "--log-level", "error"]);
    expect(modules.filter((url) => /packages.sidecar/.test(url))).not.toEqual([]);
    expect(modules.filter((url) => url === "node:http" || FOREIGN.test(url))).toEqual([]);
  });
});

describe("a configuration", () => {
  it.each(Object.entries(STORES))(
    "that names %s loads what that is made of, and no SDK",
    async (id, [, own]) => {
      const modules = await modulesOf(["explain", "--config", `${id}.yaml`]);
      expect(providerPackages(modules)).toEqual(own);
      expect(modules.filter((url) => FOREIGN.test(url))).toEqual([]);
    },
  );

  it("of every built-in provider is among these", () => {
    expect(Object.keys(STORES)).toEqual(BUILT_IN_PROVIDERS.map(({ id }) => id));
  });

  it("in code loads what it imports", async () => {
    expect(providerPackages(await modulesOf(["run", "--", "true"], "code"))).toEqual([]);
  });

  it.each([["version"], ["--help"], ["completion", "bash"], ["init", "somewhere"]])(
    "is not read by: %s, which loads no provider",
    async (...args) => {
      expect(providerPackages(await modulesOf(args))).toEqual([]);
    },
  );
});
