import type { JsonSchema } from "@sluice/core";
import type { StoreKind } from "./store.js";

const list = (description: string, items: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  description,
  type: "array",
  maxItems: 64,
  "x-kubernetes-list-type": "atomic",
  items,
  ...more,
});

// A star stands between other characters, never beside a star.
const nameOf = (letters: string): string => `^\\*?([${letters}]+\\*)*[${letters}]*$`;

const DNS_LABEL = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

const secretKeyRef: JsonSchema = {
  description: "The key of a Secret that has the value.",
  type: "object",
  required: ["name", "key"],
  properties: {
    name: { description: "Name of the Secret.", type: "string", minLength: 1, maxLength: 253 },
    key: { description: "Key in the Secret.", type: "string", minLength: 1, maxLength: 253 },
    namespace: {
      description: "Namespace of the Secret; of a ClusterSecretStore only, which must name it.",
      type: "string",
      pattern: DNS_LABEL,
      maxLength: 63,
    },
  },
};

const optionSource: JsonSchema = {
  type: "object",
  required: ["secretKeyRef"],
  properties: {
    option: {
      description: "Name of the option; a dot leads into an object, as in auth.token.",
      type: "string",
      pattern: "^[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)*$",
      maxLength: 128,
    },
    variable: {
      description: "Instead of an option: name of the variable the provider reads, as in VAULT_TOKEN.",
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      maxLength: 128,
    },
    secretKeyRef,
  },
};

const accessRule: JsonSchema = {
  type: "object",
  required: ["serviceAccounts", "paths"],
  properties: {
    namespaces: list(
      "Namespaces of the pods; * stands for any characters. Of a ClusterSecretStore only.",
      { type: "string", pattern: nameOf("a-z0-9-"), minLength: 1, maxLength: 63 },
      { minItems: 1 },
    ),
    serviceAccounts: list(
      "Service accounts of the pods; * stands for any characters.",
      { type: "string", pattern: nameOf("a-z0-9.-"), minLength: 1, maxLength: 253 },
      { minItems: 1 },
    ),
    paths: list(
      "Paths of secrets; * stands for any characters within a segment, ** for any number of segments.",
      { type: "string", minLength: 1, maxLength: 512 },
      { minItems: 1 },
    ),
  },
};

const properties: Readonly<Record<string, JsonSchema>> = {
  provider: {
    description: "Id of the provider that reads the store.",
    type: "string",
    pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    maxLength: 63,
  },
  options: {
    description: "Options of the provider. Nothing secret: see optionsFrom.",
    type: "object",
    "x-kubernetes-preserve-unknown-fields": true,
  },
  optionsFrom: list("Options, and variables for the provider, whose values Secrets have.", optionSource, {
    maxItems: 16,
  }),
  identity: {
    description: "Whose credentials the provider logs in with: the broker's, or those of the pod that asks.",
    type: "string",
    enum: ["broker", "pod"],
  },
  tokenSource: {
    description:
      "With identity: pod, where the pod's token is from: projected (the pod sends it; the default) or tokenRequest (the broker asks for one).",
    type: "string",
    enum: ["projected", "tokenRequest"],
  },
  tokenAudience: {
    description: "With identity: pod, the audience of the pod's token, as in vault.",
    type: "string",
    minLength: 1,
    maxLength: 253,
  },
  leases: {
    description: "Whether references that give a lease are refused, or the broker keeps their leases.",
    type: "string",
    enum: ["refuse", "broker"],
    default: "refuse",
  },
  cache: {
    description: "How long values are kept in the broker's memory.",
    type: "object",
    properties: {
      ttlSeconds: {
        description: "Seconds for which a value is used without asking again; 0 never, 300 by default.",
        type: "integer",
        minimum: 0,
        maximum: 86_400,
      },
    },
  },
  timeoutSeconds: {
    description: "Seconds for reading what one request asks of the store, retries included; 30 by default.",
    type: "integer",
    minimum: 1,
    maximum: 300,
  },
  suspend: {
    description: "Nobody reads from the store while this is true.",
    type: "boolean",
  },
  access: list("Who may read what. Without an entry nobody may.", accessRule),
};

/** The schema of `spec` of one kind, as a cluster takes it: structural, with defaults. */
export function storeSchema(kind: StoreKind): JsonSchema {
  const identity = { ...properties["identity"], default: kind === "SecretStore" ? "pod" : "broker" };
  return { type: "object", required: ["provider"], properties: { ...properties, identity } };
}

/** The schema of `status.conditions`. */
export const CONDITIONS_SCHEMA: JsonSchema = {
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["type"],
  items: {
    type: "object",
    required: ["type", "status", "reason", "message", "lastTransitionTime"],
    properties: {
      type: { type: "string", maxLength: 316 },
      status: { type: "string", enum: ["True", "False", "Unknown"] },
      reason: { type: "string", pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", maxLength: 1024 },
      message: { type: "string", maxLength: 32_768 },
      lastTransitionTime: { type: "string", format: "date-time" },
      observedGeneration: { type: "integer", format: "int64", minimum: 0 },
    },
  },
};

/** The schema of `status`. */
export const STATUS_SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    observedGeneration: {
      description: "Generation that the status is about.",
      type: "integer",
      format: "int64",
    },
    checkedAt: {
      description: "When the store was last looked at and this written.",
      type: "string",
      format: "date-time",
    },
    conditions: CONDITIONS_SCHEMA,
  },
};
