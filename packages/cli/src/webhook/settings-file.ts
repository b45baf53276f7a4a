import type { JsonSchema } from "@sluice/core";

/** What a settings file may say; every key has a flag of the same meaning, which wins. */
export interface SettingsFile {
  readonly broker?: {
    readonly address?: string;
    readonly serverName?: string;
    readonly rootsFile?: string;
  };
  readonly launcher?: {
    readonly image?: string;
    readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly delivery?: "copy" | "image";
    readonly medium?: "Memory";
  };
  readonly dialects?: readonly string[];
  readonly lookups?: { readonly configMaps?: boolean; readonly secrets?: boolean };
  readonly tokenSeconds?: number;
  readonly waitSeconds?: number;
}

export const DIALECT_NAMES = ["sluice", "atarraya", "akv2k8s", "secrets-init"] as const;

const TEXT = { type: "string", minLength: 1 } as const;

const member = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

export const SETTINGS_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...member({
    broker: member({
      address: { type: "string", pattern: "^https://", description: "Write https://ADDRESS:PORT" },
      serverName: TEXT,
      rootsFile: TEXT,
    }),
    launcher: member({
      image: TEXT,
      imagePullPolicy: { enum: ["Always", "IfNotPresent", "Never"] },
      delivery: { enum: ["copy", "image"] },
      medium: { enum: ["Memory"] },
    }),
    dialects: { type: "array", minItems: 1, items: { enum: DIALECT_NAMES } },
    lookups: member({ configMaps: { type: "boolean" }, secrets: { type: "boolean" } }),
    tokenSeconds: { type: "integer", minimum: 600, maximum: 86_400 },
    waitSeconds: { type: "integer", minimum: 0, maximum: 3_600 },
  }),
};
