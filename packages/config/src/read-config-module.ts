import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "./config-error.js";
import { GENERATE_SCHEMA, type GenerateSettings } from "./generate-settings.js";
import type { SchemaIssue } from "./describe-schema-error.js";
import type { LoadedConfig, SluiceConfig } from "./sluice-config.js";

const KEYS = ["stores", "env", "resolver", "generate"];

/** Imports `sluice.config.ts` or a JavaScript module. Throws {@link ConfigError}. */
export async function readConfigModule(file: string, shown: string): Promise<LoadedConfig> {
  const config = await importDefault(file, shown);
  const fail = (problem: string, remedy: string): never => {
    throw new ConfigError("SLU1103", [{ file: shown, problem, remedy }]);
  };
  if (!isRecord(config) || !isRecord(config["stores"]))
    return fail(
      "it does not export a configuration",
      "Write: export default defineConfig({ stores: { … } })",
    );
  const unknown = Object.keys(config).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) fail(`unknown key "${unknown}"`, `Known keys are: ${KEYS.join(", ")}`);
  for (const [name, store] of Object.entries(config["stores"]))
    if (!isRecord(store) || typeof store["create"] !== "function")
      fail(
        `stores.${name} is not a store`,
        `Configure it with its provider, as in: ${name}: file({ path: "…" })`,
      );
  const { stores, env = {}, resolver = {}, generate = {} } = config as unknown as SluiceConfig;
  for (const { path, problem, remedy } of await generateIssues(generate))
    fail(`${["generate", ...path].join(".")}: ${problem}`, remedy);
  for (const [name, text] of Object.entries(env))
    if (typeof text !== "string") fail(`env.${name} is not a string`, "Write it as text");
  return {
    file,
    baseDirectory: dirname(file),
    stores,
    env: Object.fromEntries(Object.entries(env).map(([name, text]) => [name, { text, origin: shown }])),
    resolver,
    generate,
  };
}

async function generateIssues(generate: GenerateSettings): Promise<readonly SchemaIssue[]> {
  // The validator is large, and hardly anybody has this section.
  if (Object.keys(generate).length === 0) return [];
  const { schemaIssues } = await import("./schema-issues.js");
  return schemaIssues(GENERATE_SCHEMA, generate);
}

async function importDefault(file: string, shown: string): Promise<unknown> {
  try {
    await access(file);
  } catch {
    throw new ConfigError("SLU1101", [
      {
        file: shown,
        problem: "there is no such file",
        remedy: "Check the path, or make a configuration with: sluice init",
      },
    ]);
  }
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return module.default;
  } catch (thrown) {
    // The author of a configuration in code needs to see what their code threw.
    const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : "it threw something";
    throw new ConfigError("SLU1105", [
      {
        file: shown,
        problem: `it cannot be loaded: ${reason}`,
        remedy: "Correct the module; node can run it alone",
      },
    ]);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
