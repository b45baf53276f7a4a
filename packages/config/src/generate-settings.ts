import type { JsonSchema } from "@sluice/core";

/** What `sluice generate` may create, and where. */
export interface GenerateSettings {
  /** The store for what annotations of pods ask for; the only one there is by default. */
  readonly store?: string;
  /** The domain of those annotations; `bsycorp.com` by default. */
  readonly domain?: string;
  /** Where the secrets of pods are that name no storage prefix; `/` by default. */
  readonly storagePrefix?: string;
  /** Where the store holds named fields: the name of the one that has the value. */
  readonly key?: string;
  /** Who may have what created. Without an entry nobody may. */
  readonly access?: readonly GenerateAccess[];
}

/** Who may have secrets generated, and where. */
export interface GenerateAccess {
  /** `*` stands for any characters. */
  readonly namespaces: readonly string[];
  /** `*` stands for any characters within a segment, `**` for any number of segments. */
  readonly paths: readonly string[];
  /** Names of stores; all by default. */
  readonly stores?: readonly string[];
}

const names = (description: string): JsonSchema => ({
  description,
  type: "array",
  minItems: 1,
  items: { type: "string", minLength: 1 },
});

/** The schema of {@link GenerateSettings}. */
export const GENERATE_SCHEMA: JsonSchema = {
  description: "What `sluice generate` may create, and where.",
  type: "object",
  additionalProperties: false,
  properties: {
    store: {
      description: "The store for what annotations of pods ask for; the only one there is by default.",
      type: "string",
    },
    domain: {
      description: "The domain of those annotations; bsycorp.com by default.",
      type: "string",
      minLength: 1,
    },
    storagePrefix: {
      description: "Where the secrets of pods are that name no storage prefix; / by default.",
      type: "string",
      minLength: 1,
    },
    key: {
      description: "Where the store holds named fields: the name of the one that has the value.",
      type: "string",
      minLength: 1,
    },
    access: {
      description: "Who may have what created. Without an entry nobody may.",
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["namespaces", "paths"],
        properties: {
          namespaces: names("Namespaces; * stands for any characters."),
          paths: names(
            "Paths in the store; * stands for any characters within a segment, ** for any number of segments.",
          ),
          stores: names("Names of stores; all by default."),
        },
      },
    },
  },
};
