import type { AnyProvider, JsonSchema } from "@sluice/core";
import { DURATION_PATTERN } from "./duration.js";
import { GENERATE_SCHEMA } from "./generate-settings.js";

const duration = (description: string): JsonSchema => ({
  description: `${description} Written as 250ms, 30s, 5m or 1h, or as a number of milliseconds.`,
  anyOf: [
    { type: "string", pattern: DURATION_PATTERN },
    { type: "integer", minimum: 0 },
  ],
});

const count = (description: string): JsonSchema => ({ description, type: "integer", minimum: 1 });

const resolver: JsonSchema = {
  description: "How stores are read.",
  type: "object",
  additionalProperties: false,
  properties: {
    timeout: duration("Time for reading everything, retries included; 30s by default."),
    attempts: count("Tries per read, the first included; 4 by default."),
    attemptTimeout: duration("Time for one try; 5s by default."),
    concurrency: count("Calls to one store at the same time; 8 by default."),
    cache: {
      description: "How long values are kept in memory.",
      type: "object",
      additionalProperties: false,
      properties: {
        ttl: duration("How long a value is used without asking again; 5m by default, 0 never."),
        staleIfError: duration(
          "How long beyond that it is used while its store does not answer; 0 by default.",
        ),
      },
    },
  },
};

/** Everything but the options of stores, which their providers describe. */
export const BASE_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["stores"],
  properties: {
    $schema: { description: "Where this schema is, for editors.", type: "string" },
    stores: {
      description: "Where secrets are, by the name references use: secret://NAME/PATH.",
      type: "object",
      propertyNames: { pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" },
      additionalProperties: {
        type: "object",
        required: ["provider"],
        properties: { provider: { description: "What reads this store.", type: "string" } },
      },
    },
    env: {
      description: "Variables for `sluice run`: a reference, text with ${secret://…} in it, or plain text.",
      type: "object",
      propertyNames: { pattern: "^[^=\\u0000]+$" },
      additionalProperties: { type: ["string", "number", "boolean"] },
    },
    resolver,
    generate: GENERATE_SCHEMA,
  },
};

/** The schema of a whole configuration file, composed from the options of the providers at hand. */
export function composeConfigSchema(providers: readonly AnyProvider[]): JsonSchema {
  const { properties, ...base } = BASE_SCHEMA as { properties: Record<string, JsonSchema> };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:sluice:config",
    title: "Sluice configuration",
    ...base,
    properties: {
      ...properties,
      stores: {
        ...properties["stores"],
        additionalProperties: {
          type: "object",
          required: ["provider"],
          properties: {
            provider: { description: "What reads this store.", enum: providers.map(({ id }) => id) },
          },
          allOf: providers.map(({ id }) => ({
            if: { properties: { provider: { const: id } }, required: ["provider"] },
            // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
            then: { $ref: `#/$defs/provider-${id}` },
          })),
        },
      },
    },
    $defs: Object.fromEntries(
      providers.map(({ id, optionsSchema }) => [`provider-${id}`, withProvider(id, optionsSchema)]),
    ),
  };
}

/** A provider's options as they stand in a file: beside the `provider` that selects it. */
function withProvider(id: string, optionsSchema: JsonSchema): JsonSchema {
  const properties = optionsSchema["properties"] as Record<string, JsonSchema> | undefined;
  return { ...optionsSchema, properties: { provider: { const: id }, ...properties } };
}
