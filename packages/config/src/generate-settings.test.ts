import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProvider } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadConfig } from "./load-config.js";

const none = defineProvider({
  id: "none",
  optionsSchema: { type: "object", additionalProperties: false },
  capabilities: { batchSize: 1, fields: "extracted", versions: { exact: false, label: false } },
  create: () => ({ resolve: async () => [] }),
});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-config-"));
});
afterAll(async () => rm(directory, { recursive: true, force: true }));

async function load(file: string, text: string) {
  await writeFile(join(directory, file), text);
  return loadConfig({ path: file, directory, providers: [none] });
}

const yaml = (generate: string): string => `stores: { main: { provider: none } }\ngenerate: ${generate}\n`;
const module = (generate: string): string =>
  `export default { stores: { main: { create: () => ({}) } }, generate: ${generate} };\n`;

const SETTINGS = { store: "main", access: [{ namespaces: ["shop"], paths: ["shop/**"], stores: ["main"] }] };

it("is read from YAML and from a module, and empty when it is not there", async () => {
  const text = JSON.stringify(SETTINGS);
  expect((await load("a.yaml", yaml(text))).generate).toEqual(SETTINGS);
  expect((await load("a.mjs", module(text))).generate).toEqual(SETTINGS);
  expect((await load("b.yaml", "stores: { main: { provider: none } }\n")).generate).toEqual({});
});

it.each([
  ["c", '{ "acces": [] }', /unknown key "acces"/],
  ["d", '{ "access": [{ "namespaces": ["a"] }] }', /paths/],
  ["e", '{ "access": [{ "namespaces": [], "paths": ["a"] }] }', /namespaces/],
  ["f", '{ "domain": "" }', /domain/],
])("is refused where it is wrong: %s %s", async (name, text, problem) => {
  await expect(load(`${name}.yaml`, yaml(text))).rejects.toThrow(problem);
  await expect(load(`${name}.mjs`, module(text))).rejects.toThrow(problem);
});
