import { readdir, readFile } from "node:fs/promises";
import { extname, relative, resolve } from "node:path";
import type { RegisteredProvider } from "@sluice/core";
import { ConfigError } from "./config-error.js";
import type { LoadedConfig } from "./sluice-config.js";

/** Names a configuration is looked for under, in the current folder only. */
export const CONFIG_FILES: readonly string[] = [
  "sluice.yaml",
  "sluice.yml",
  "sluice.config.ts",
  "sluice.config.mts",
  "sluice.config.js",
  "sluice.config.mjs",
];

/** Where the configuration is, and which providers it may name. */
export interface LoadConfigOptions {
  /** The file to read; looked for in `directory` when absent. */
  readonly path?: string | undefined;
  /** The configuration itself, as YAML or JSON, where it is no file; and what messages call it. */
  readonly inline?: { readonly text: string; readonly name: string } | undefined;
  /** Absolute. */
  readonly directory: string;
  /** Providers that YAML can name. Only those it does name are loaded. */
  readonly providers: readonly RegisteredProvider[];
}

/**
 * Finds, reads and checks a configuration. Throws {@link ConfigError}, and a `SluiceError` when two of the
 * providers have one id.
 */
export async function loadConfig({
  path,
  inline,
  directory,
  providers,
}: LoadConfigOptions): Promise<LoadedConfig> {
  if (inline !== undefined) {
    const { readYamlConfig } = await import("./read-yaml-config.js");
    return readYamlConfig(resolve(directory, inline.name), inline.name, inline.text, providers);
  }
  const file = path === undefined ? await findConfig(directory) : resolve(directory, path);
  const shown = relative(directory, file) || file;
  if (!/^\.ya?ml$/.test(extname(file))) {
    const { readConfigModule } = await import("./read-config-module.js");
    return readConfigModule(file, shown);
  }
  // YAML's parser is the largest thing `sluice` loads: not for those who configure in code.
  const [text, { readYamlConfig }] = await Promise.all([
    readText(file, shown),
    import("./read-yaml-config.js"),
  ]);
  return readYamlConfig(file, shown, text, providers);
}

async function findConfig(directory: string): Promise<string> {
  const here = await readdir(directory);
  const [found, second] = CONFIG_FILES.filter((name) => here.includes(name));
  if (found === undefined)
    throw new ConfigError("SLU1101", [
      {
        file: directory,
        problem: "there is no sluice.yaml here",
        remedy: "Make one with: sluice init, or name one with --config FILE or SLUICE_CONFIG",
      },
    ]);
  if (second !== undefined)
    throw new ConfigError("SLU1104", [
      {
        file: directory,
        problem: `there are both ${found} and ${second}`,
        remedy: "Keep one, or name one with --config",
      },
    ]);
  return resolve(directory, found);
}

async function readText(file: string, shown: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    const code = String(Reflect.get(thrown as object, "code"));
    const missing = code === "ENOENT";
    throw new ConfigError("SLU1101", [
      {
        file: shown,
        problem: missing ? "there is no such file" : `the file cannot be read (${code})`,
        remedy: missing
          ? "Check the path, or make a configuration with: sluice init"
          : "Check what it is and its permissions",
      },
    ]);
  }
}
