import type { CacheOptions, RetryOptions, StoreDefinition } from "@sluice/core";
import type { GenerateSettings } from "./generate-settings.js";

/** A configuration in code: what `sluice.config.ts` exports by default. */
export interface SluiceConfig {
  /** Stores by the name references use: `dev: file({ path: "./secrets.env" })`. */
  readonly stores: Readonly<Record<string, StoreDefinition>>;
  /** Variables to give a process: references, text with references in it, or plain text. */
  readonly env?: Readonly<Record<string, string>>;
  readonly resolver?: ResolverSettings;
  readonly generate?: GenerateSettings;
}

/** How stores are read. Defaults are those of the resolver. */
export interface ResolverSettings {
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  readonly retry?: RetryOptions;
  readonly cache?: CacheOptions | false;
}

/** A configuration as loaded, whatever it was written in. */
export interface LoadedConfig {
  /** Absolute path of its file. */
  readonly file: string;
  /** Absolute folder that relative paths in it start from. */
  readonly baseDirectory: string;
  readonly stores: Readonly<Record<string, StoreDefinition>>;
  readonly env: Readonly<Record<string, ConfiguredVariable>>;
  readonly resolver: ResolverSettings;
  readonly generate: GenerateSettings;
}

/** A variable of `env:` as it is written. */
export interface ConfiguredVariable {
  readonly text: string;
  /** Where it stands, for people: `sluice.yaml:7`. */
  readonly origin: string;
}

/** Types a configuration; returns it unchanged. */
export function defineConfig<const Config extends SluiceConfig>(config: Config): Config {
  return config;
}
