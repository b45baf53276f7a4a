import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createWorkspace } from "../../support/workspace.js";

// A provider of somebody else's that answers with its own name, and says when it is imported.
const PROVIDER = `
  import { defineProvider, SecretValue } from "@sluice/core";
  console.error("acme is imported");
  export const acme = defineProvider({
    id: "acme",
    optionsSchema: { type: "object", additionalProperties: false, properties: { tenant: { type: "string" } } },
    capabilities: { batchSize: 1, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (asked) =>
        asked.map(({ id }) => ({ id, status: "found", value: SecretValue.fromText("from acme") })),
    }),
  });
`;

// The folder it is written to has no packages of its own.
const resolved = (code: string): string =>
  code.replaceAll(/"(@sluice\/\w+)"/g, (_, name: string) => JSON.stringify(import.meta.resolve(name)));

const workspace = createWorkspace({
  "acme.yaml": "stores: { a: { provider: acme, tenant: shop } }\n",
  "file.yaml": "stores: { a: { provider: file, path: ./a.env } }\n",
  "wrong.yaml": "stores: { a: { provider: acme, tenat: shop } }\n",
  "near.yaml": "stores: { a: { provider: acmee } }\n",
  "a.env": "KEY=from a file\n",
});
afterAll(() => workspace[Symbol.dispose]());

/** Runs a command of one's own, made of the reference distribution's providers and acme. */
function run(acme: string, config: string, reference: string) {
  workspace.write("provider.mjs", resolved(PROVIDER));
  workspace.write(
    "main.mjs",
    resolved(`
      import { BUILT_IN_PROVIDERS, REFERENCE } from "@sluice/cli";
      import { createInjector } from "@sluice/injector";
      const acme = ${acme};
      const providers = [...BUILT_IN_PROVIDERS, acme];
      process.exitCode = await createInjector({ ...REFERENCE, providers }).main(process.argv);
    `),
  );
  const args = [join(workspace.path, "main.mjs"), "read", "--config", config, reference];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: workspace.path,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const LAZY = `{ id: "acme", load: async () => (await import("./provider.mjs")).acme }`;
const LOADED = `(await import("./provider.mjs")).acme`;

describe("a provider of somebody else's, in a command of their own", () => {
  it.each([LAZY, LOADED])("is named like ours: %s", (acme) => {
    expect(run(acme, "acme.yaml", "secret://a/x")).toEqual({
      status: 0,
      stdout: "from acme",
      stderr: "acme is imported\n",
    });
  });

  it("is not imported when nobody names it", () => {
    expect(run(LAZY, "file.yaml", "secret://a/KEY")).toEqual({
      status: 0,
      stdout: "from a file",
      stderr: "",
    });
  });

  it("has its options checked, and is found by what is meant", () => {
    expect(run(LAZY, "wrong.yaml", "secret://a/x")).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('wrong.yaml:1:32: unknown key "tenat"\n  → Did you mean "tenant"?'),
    });
    expect(run(LAZY, "near.yaml", "secret://a/x")).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('Did you mean "acme"?'),
    });
  });

  it("that cannot be imported is told by name", () => {
    const { status, stderr } = run(
      `{ id: "acme", load: () => import("./gone.mjs") }`,
      "acme.yaml",
      "secret://a/x",
    );
    expect(status).toBe(78);
    expect(stderr).toContain('the provider "acme" cannot be loaded (ERR_MODULE_NOT_FOUND)');
  });
});
