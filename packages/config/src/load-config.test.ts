import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProvider } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, type ConfigIssue } from "./config-error.js";
import { loadConfig } from "./load-config.js";

const file = defineProvider<{ path: string; format?: string }>({
  id: "file",
  optionsSchema: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      path: { type: "string", minLength: 1, description: "Path of the file." },
      format: { enum: ["dotenv", "json"] },
    },
  },
  capabilities: { batchSize: 1, fields: "extracted", versions: { exact: false, label: false } },
  location: ({ path }) => path,
  create: () => ({ resolve: async () => [] }),
});

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), "sluice-config-"))));
afterEach(() => rm(directory, { recursive: true }));

async function load(text: string, name = "sluice.yaml") {
  await writeFile(join(directory, name), text);
  return loadConfig({ directory, providers: [file] });
}

async function issuesOf(text: string, name?: string): Promise<readonly ConfigIssue[]> {
  const thrown: unknown = await load(text, name).catch((error: unknown) => error);
  if (!ConfigError.isInstance(thrown)) throw new Error("expected a ConfigError", { cause: thrown });
  return thrown.issues;
}

describe("loadConfig, YAML", () => {
  it("reads the smallest configuration", async () => {
    const config = await load("stores: { dev: { provider: file, path: ./secrets.env } }");
    expect(config.stores["dev"]).toMatchObject({ provider: "file", location: "./secrets.env" });
    expect(config).toMatchObject({ file: join(directory, "sluice.yaml"), baseDirectory: directory, env: {} });
  });

  it("keeps variables as they are written and says where", async () => {
    const { env } = await load("stores: {}\nenv:\n  PORT: 0080\n  VERSION: 1.10\n  ON: yes\n  TEXT: 'a b'\n");
    expect(env).toEqual({
      PORT: { text: "0080", origin: "sluice.yaml:3" },
      VERSION: { text: "1.10", origin: "sluice.yaml:4" },
      ON: { text: "yes", origin: "sluice.yaml:5" },
      TEXT: { text: "a b", origin: "sluice.yaml:6" },
    });
  });

  it("turns durations into milliseconds", async () => {
    const { resolver } = await load(
      "stores: {}\nresolver: { timeout: 2m, attempts: 2, attemptTimeout: 250, cache: { ttl: 0, staleIfError: 1h } }",
    );
    expect(resolver).toEqual({
      timeoutMs: 120_000,
      retry: { attempts: 2, attemptTimeoutMs: 250 },
      cache: { ttlMs: 0, staleIfErrorMs: 3_600_000 },
    });
  });

  it.each([
    ["an unknown key", "stores: {}\nstoers: {}\n", 2, 1, 'unknown key "stoers"', 'Did you mean "stores"?'],
    [
      "an unknown option",
      "stores:\n  dev: { provider: file, pathh: x, path: y }\n",
      2,
      26,
      'unknown key "pathh"',
      'Did you mean "path"?',
    ],
    ["a missing option", "stores:\n  dev: { provider: file }\n", 2, 3, '"path" is missing', 'Add "path:"'],
    ["a missing provider", "stores:\n  dev: { path: x }\n", 2, 3, '"provider" is missing', 'Add "provider:"'],
    [
      "an unknown provider",
      "stores:\n  dev: { provider: fiel, path: x }\n",
      2,
      20,
      'no provider is called "fiel"',
      'Did you mean "file"?',
    ],
    [
      "a wrong type",
      "stores:\n  dev:\n    provider: file\n    path: 3\n",
      4,
      11,
      '"path" must be a string',
      "Path of the file.",
    ],
    [
      "an empty value",
      "stores:\n  dev: { provider: file, path: '' }\n",
      2,
      32,
      '"path" must not be empty',
      "Path of the file.",
    ],
    [
      "a value not listed",
      "stores:\n  dev: { provider: file, path: x, format: ini }\n",
      2,
      43,
      '"format" must be one of: dotenv, json',
      "Correct the value",
    ],
    [
      "a bad store name",
      "stores:\n  Dev: { provider: file, path: x }\n",
      2,
      3,
      '"Dev" cannot be a name here',
      /Names match/,
    ],
    [
      "a null variable",
      "stores: {}\nenv:\n  A:\n",
      3,
      5,
      '"A" must be a string or a number or a boolean',
      "Correct the value",
    ],
    [
      "a bad duration",
      "stores: {}\nresolver: { timeout: soon }\n",
      2,
      22,
      '"timeout" is not written as it must be',
      /30s/,
    ],
    ["a key given twice", "stores: {}\nstores: {}\n", 2, 1, "this key is there twice", "Correct the file"],
    ["a tab", "stores:\n\tdev: {}\n", 2, 1, /a tab/, "Correct the file"],
    ["an empty file", "", 1, 1, "the file must be an object", "Correct the value"],
  ])("names line and column of %s", async (_, text, line, column, problem, remedy) => {
    const [issue] = await issuesOf(text);
    expect(issue).toMatchObject({ file: "sluice.yaml", line, column });
    expect(issue?.problem).toMatch(problem);
    expect(issue?.remedy).toMatch(remedy);
  });

  it("lists every fault at once", async () => {
    expect(await issuesOf("stores: {}\na: 1\nb: 2\n")).toHaveLength(2);
    expect(await issuesOf("stores:\n  a: { provider: x }\n  b: { provider: file }\n")).toHaveLength(2);
  });

  it("never quotes a value", async () => {
    const canary = "hunter2hunter2";
    for (const text of [
      `stores: {}\nresolver: { timeout: ${canary} }`,
      `stores: {}\nenv: { A: "${canary} }`,
      `stores: {}\nenv: { A: *${canary} }`,
      `stores: {}\nenv: { A: "${canary}" "${canary}" }`,
      `stores: { dev: { provider: file, path: x, format: ${canary} } }`,
    ]) {
      const thrown: unknown = await load(text).catch((error: unknown) => error);
      expect(ConfigError.isInstance(thrown)).toBe(true);
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain(canary);
    }
  });
});

describe("loadConfig, finding", () => {
  it("says how to begin when there is none", async () => {
    await expect(loadConfig({ directory, providers: [] })).rejects.toMatchObject({
      code: "SLU1101",
      remedy: expect.stringContaining("sluice init"),
    });
  });

  it("refuses to choose between two", async () => {
    await writeFile(join(directory, "sluice.yml"), "stores: {}");
    await expect(load("stores: {}")).rejects.toMatchObject({ code: "SLU1104" });
  });

  it.each(["missing.yaml", "missing.config.mjs"])("names a file that is not there: %s", async (path) => {
    await expect(loadConfig({ directory, path, providers: [] })).rejects.toMatchObject({
      code: "SLU1101",
      problem: `${path}: there is no such file`,
    });
  });

  it("tells a folder from a file that is missing", async () => {
    await expect(
      loadConfig({ directory: "/", path: `${directory}/../${directory.split("/").at(-1)}`, providers: [] }),
    ).rejects.toMatchObject({ kind: "configuration" });
  });
});

describe("loadConfig, modules", () => {
  const store = "{ provider: 'x', capabilities: {}, create() {} }";

  it("imports TypeScript", async () => {
    const { stores, env } = await load(
      `const store: object = ${store};\nexport default { stores: { dev: store }, env: { A: "b" } };`,
      "sluice.config.ts",
    );
    expect(Object.keys(stores)).toEqual(["dev"]);
    expect(env).toEqual({ A: { text: "b", origin: "sluice.config.ts" } });
  });

  it.each([
    ["no default export", "export const a = 1;", "SLU1103", /does not export a configuration/],
    ["an unknown key", `export default { stores: {}, evn: {} };`, "SLU1103", /unknown key "evn"/],
    [
      "a store that is data",
      "export default { stores: { dev: { provider: 'file' } } };",
      "SLU1103",
      /stores\.dev is not a store/,
    ],
    [
      "a variable that is no text",
      "export default { stores: {}, env: { A: 1 } };",
      "SLU1103",
      /env\.A is not a string/,
    ],
    ["a module that throws", "throw new Error('boom');", "SLU1105", /boom/],
    ["a syntax error", "export default {", "SLU1105", /cannot be loaded/],
  ])("explains %s", async (_, text, code, problem) => {
    await expect(load(text, "sluice.config.mjs")).rejects.toMatchObject({
      code,
      problem: expect.stringMatching(problem),
    });
  });
});
