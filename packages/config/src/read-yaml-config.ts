import { dirname } from "node:path";
import type { RegisteredProvider } from "@sluice/core";
import { ConfigError, type ConfigIssue, formatPosition } from "./config-error.js";
import { BASE_SCHEMA } from "./config-schema.js";
import { configureStores, type StoreData } from "./configure-stores.js";
import { parseDuration } from "./duration.js";
import type { GenerateSettings } from "./generate-settings.js";
import type { SchemaIssue } from "./describe-schema-error.js";
import { schemaIssues } from "./schema-issues.js";
import type { ConfiguredVariable, LoadedConfig, ResolverSettings } from "./sluice-config.js";
import { parseYamlSource, type YamlSource } from "./yaml-source.js";

/** A configuration file's value after it was checked. */
interface ConfigData {
  readonly stores: Readonly<Record<string, StoreData>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly resolver?: {
    readonly timeout?: string | number;
    readonly attempts?: number;
    readonly attemptTimeout?: string | number;
    readonly concurrency?: number;
    readonly cache?: { readonly ttl?: string | number; readonly staleIfError?: string | number };
  };
  readonly generate?: GenerateSettings;
}

/**
 * Reads `sluice.yaml`. Throws one {@link ConfigError} with the line and column of every fault.
 *
 * @param file absolute path
 * @param shown the path as messages show it
 */
export async function readYamlConfig(
  file: string,
  shown: string,
  text: string,
  providers: readonly RegisteredProvider[],
): Promise<LoadedConfig> {
  const source = parseYamlSource(shown, text);
  const located = ({ path, at, problem, remedy }: SchemaIssue): ConfigIssue =>
    source.issue(path, at, problem, remedy);
  const faults = await schemaIssues(BASE_SCHEMA, source.value);
  throwIfAny(faults.map(located));
  const data = source.value as ConfigData;
  const configured = await configureStores(data.stores, providers);
  throwIfAny(configured.issues.map(located));
  return {
    file,
    baseDirectory: dirname(file),
    stores: configured.stores,
    env: Object.fromEntries(Object.keys(data.env ?? {}).map((name) => [name, variable(name, source)])),
    resolver: resolverSettings(data.resolver),
    generate: data.generate ?? {},
  };
}

function variable(name: string, source: YamlSource): ConfiguredVariable {
  const path = ["env", name];
  const { file, line } = source.issue(path, "key", "", "");
  return { text: source.textOf(path), origin: formatPosition({ file, ...(line !== undefined && { line }) }) };
}

function resolverSettings({
  timeout,
  attempts,
  attemptTimeout,
  concurrency,
  cache,
}: NonNullable<ConfigData["resolver"]> = {}): ResolverSettings {
  return {
    ...duration("timeoutMs", timeout),
    ...(concurrency !== undefined && { concurrency }),
    retry: { ...(attempts !== undefined && { attempts }), ...duration("attemptTimeoutMs", attemptTimeout) },
    cache: { ...duration("ttlMs", cache?.ttl), ...duration("staleIfErrorMs", cache?.staleIfError) },
  };
}

function duration<Name extends string>(
  name: Name,
  value: string | number | undefined,
): Partial<Record<Name, number>> {
  const milliseconds = value === undefined ? undefined : parseDuration(value);
  return milliseconds === undefined ? {} : ({ [name]: milliseconds } as Record<Name, number>);
}

function throwIfAny([first, ...others]: readonly ConfigIssue[]): void {
  if (first !== undefined) throw new ConfigError("SLU1103", [first, ...others]);
}
