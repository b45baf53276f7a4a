import type { JsonSchema } from "./json-schema.js";
import type { ProviderCapabilities } from "./provider-capabilities.js";
import type { SecretProvider } from "./secret-provider.js";
import type { StoreGateway, StoreGatewayOptions } from "./store-gateway.js";

/** What a provider is handed when it is created. */
export interface ProviderDependencies {
  /** Name of the store it serves, for its messages. */
  readonly store: string;
  /** Absolute folder that relative paths in its options start from: that of the configuration file. */
  readonly baseDirectory: string;
  /** Where it reads variables its vendor documents (`AWS_REGION`); never `process.env` itself. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Whether leases that it issues are to outlive it, for somebody else has them then; `false` by default. Disposed, it
   * must not end what they would end with, such as a login.
   */
  readonly leavesLeases?: boolean;
}

/** What a provider is made of; see docs/spec/provider-v1.md. */
export interface ProviderDefinition<Options extends object> {
  /** The name configuration uses: `provider: file`. */
  readonly id: string;
  /**
   * JSON Schema (draft 2020-12) of the options, an object schema with `additionalProperties: false`.
   * Configuration is checked against it line by line, and it becomes part of the published schema.
   */
  readonly optionsSchema: JsonSchema;
  readonly capabilities: ProviderCapabilities;
  /** Where a store with these options is, in a few words for messages: a path, a vault's name. No credential. */
  location?(options: Options): string;
  /** Wires the provider. Cheap and without effects: connecting and loading an SDK wait for the first call. */
  create(options: Options, dependencies: ProviderDependencies): SecretProvider;
  /** Opens a way to the store's own API for a local gateway; absent where there is none. As cheap as `create`. */
  openGateway?(
    options: Options,
    dependencies: ProviderDependencies,
    wanted?: StoreGatewayOptions,
  ): StoreGateway;
}

/**
 * A provider as a callable descriptor: call it with options to configure a store, or read its data to find
 * and check it from configuration.
 */
export interface ProviderDescriptor<Options extends object> extends ProviderDefinition<Options> {
  readonly specification: "v1";
  (options: Options): StoreDefinition;
}

/** A descriptor whatever its options, as a registry of providers holds it. */
export type AnyProvider = ProviderDescriptor<never>;

/** A configured store: a provider with its options, not yet created. */
export interface StoreDefinition {
  readonly provider: string;
  readonly capabilities: ProviderCapabilities;
  /** Where the store is, for people. */
  readonly location?: string;
  readonly create: (dependencies: ProviderDependencies) => SecretProvider;
  readonly openGateway?: (dependencies: ProviderDependencies, wanted?: StoreGatewayOptions) => StoreGateway;
}

/**
 * Makes a provider out of its definition.
 *
 * @example
 * ```ts
 * import { defineProvider, SecretValue } from "@sluice/core";
 *
 * export const environment = defineProvider<{ prefix: string }>({
 *   id: "environment",
 *   optionsSchema: {
 *     type: "object",
 *     additionalProperties: false,
 *     required: ["prefix"],
 *     properties: { prefix: { type: "string" } },
 *   },
 *   capabilities: { batchSize: 100, fields: "extracted", versions: { exact: false, label: false } },
 *   create: ({ prefix }) => ({
 *     resolve: async (requests) =>
 *       requests.map(({ id, path }) => {
 *         const text = process.env[prefix + path];
 *         if (text === undefined) return { id, status: "not-found", reason: "no-such-variable" };
 *         return { id, status: "found", value: SecretValue.fromText(text) };
 *       }),
 *   }),
 * });
 * ```
 */
export function defineProvider<Options extends object>(
  definition: ProviderDefinition<Options>,
): ProviderDescriptor<Options> {
  const configure = (options: Options): StoreDefinition => {
    const location = definition.location?.(options);
    return {
      provider: definition.id,
      capabilities: definition.capabilities,
      ...(location !== undefined && { location }),
      create: (dependencies) => definition.create(options, dependencies),
      ...(definition.openGateway !== undefined && {
        openGateway: (dependencies: ProviderDependencies, wanted?: StoreGatewayOptions) =>
          (definition.openGateway as NonNullable<typeof definition.openGateway>)(
            options,
            dependencies,
            wanted,
          ),
      }),
    };
  };
  return Object.assign(configure, { ...definition, specification: "v1" as const });
}
