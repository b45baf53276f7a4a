import { dirname } from "node:path";
import { type AnyProvider, closestName, type StoreDefinition } from "@sluice/core";
import { ConfigError, type ConfigIssue, formatPosition } from "./config-error.js";
import { BASE_SCHEMA } from "./config-schema.js";
import { parseDuration } from "./duration.js";
import { schemaIssues } from "./schema-issues.js";
import type { ConfiguredVariable, LoadedConfig, ResolverSettings } from "./sluice-config.js";
import { parseYamlSource, type YamlSource } from "./yaml-source.js";

/** A configuration file's value after it was checked. */
interface ConfigData {
  readonly stores: Readonly<Record<string, { readonly provider: string }>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly resolver?: {
    readonly timeout?: string | number;
    readonly attempts?: number;
    readonly attemptTimeout?: string | number;
    readonly concurrency?: number;
    readonly cache?: { readonly ttl?: string | number; readonly staleIfError?: string | number };
  };
}

/**
 * Reads `sluice.yaml`. Throws one {@link ConfigError} with the line and column of every fault.
 *
 * @param file absolute path
 * @param shown the path as messages show it
 */
export function readYamlConfig(
  file: string,
  shown: string,
  text: string,
  providers: readonly AnyProvider[],
): LoadedConfig {
  const source = parseYamlSource(shown, text);
  const issues: ConfigIssue[] = schemaIssues(BASE_SCHEMA, source.value).map((issue) =>
    source.issue(issue.path, issue.at, issue.problem, issue.remedy),
  );
  throwIfAny(issues);
  const data = source.value as ConfigData;
  const stores = Object.entries(data.stores).map(([name, options]): [string, StoreDefinition | undefined] => [
    name,
    configureStore(name, options, providers, source, issues),
  ]);
  throwIfAny(issues);
  return {
    file,
    baseDirectory: dirname(file),
    stores: Object.fromEntries(stores) as Record<string, StoreDefinition>,
    env: Object.fromEntries(Object.keys(data.env ?? {}).map((name) => [name, variable(name, source)])),
    resolver: resolverSettings(data.resolver),
  };
}

function configureStore(
  name: string,
  { provider: id, ...options }: ConfigData["stores"][string],
  providers: readonly AnyProvider[],
  source: YamlSource,
  issues: ConfigIssue[],
): StoreDefinition | undefined {
  const path = ["stores", name];
  const provider = providers.find((candidate) => candidate.id === id);
  if (provider === undefined) {
    const known = providers.map((candidate) => candidate.id);
    const near = closestName(id, known);
    const remedy = near ? `Did you mean "${near}"?` : `Installed are: ${known.join(", ")}`;
    issues.push(source.issue([...path, "provider"], "value", `no provider is called "${id}"`, remedy));
    return undefined;
  }
  const faults = schemaIssues(provider.optionsSchema, options);
  for (const fault of faults)
    issues.push(source.issue([...path, ...fault.path], fault.at, fault.problem, fault.remedy));
  // Checked against the provider's own schema, which is what its options type says.
  return faults.length > 0 ? undefined : provider(options as never);
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
