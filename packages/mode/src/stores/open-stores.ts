import { loadConfig, type LoadedConfig } from "@sluice/config";
import type { SecretResolver } from "@sluice/core";
import type { ModeContext } from "../mode-context.js";

/** A configuration, and the resolver over its stores. Disposing it closes the resolver. */
export interface OpenStores extends AsyncDisposable {
  readonly config: LoadedConfig;
  readonly resolver: SecretResolver;
}

/** Loads the configuration an option, SLUICE_CONFIG or the working directory gives. Throws a `ConfigError`. */
export async function openStores(context: ModeContext, path: string | undefined): Promise<OpenStores> {
  const config = await readConfig(context, path);
  const { stores, baseDirectory } = config;
  const { environment, createResolver, createEvents } = context;
  const resolver = createResolver({
    ...config.resolver,
    stores,
    baseDirectory,
    environment,
    events: createEvents(),
  });
  return { config, resolver, [Symbol.asyncDispose]: () => resolver[Symbol.asyncDispose]() };
}

/**
 * Reads the configuration at `path`, else where `SLUICE_CONFIG` says, else the one in the current folder.
 *
 * @throws ConfigError naming the place of every fault
 */
export async function readConfig(context: ModeContext, path: string | undefined): Promise<LoadedConfig> {
  const { providers, directory, environment } = context;
  return loadConfig({ providers, directory, path: path ?? (environment["SLUICE_CONFIG"] || undefined) });
}
