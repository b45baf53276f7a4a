import { DECODINGS, type JsonSchema } from "@sluice/core";
import { CONDITIONS_SCHEMA } from "../stores/store-schema.js";
import { SYNC_DAYS, SYNC_FORMATS } from "./secret-sync-manifest.js";

const NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";
const KEY = "^[-._a-zA-Z0-9]+$";
const TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

const key: JsonSchema = {
  description: "Key of the output.",
  type: "string",
  pattern: KEY,
  minLength: 1,
  maxLength: 253,
};

const reference: JsonSchema = {
  description: "Reference of the secret, as in secret://STORE/PATH#KEY.",
  type: "string",
  pattern: "^secret://",
  maxLength: 4096,
};

const prefix: JsonSchema = {
  description: "What the names of these keys begin with.",
  type: "string",
  pattern: "^[-._a-zA-Z0-9]*$",
  maxLength: 128,
};

const decode: JsonSchema = {
  description: "How each value is decoded, from left to right.",
  type: "array",
  maxItems: 8,
  "x-kubernetes-list-type": "atomic",
  items: { type: "string", enum: DECODINGS },
};

const texts = (description: string, keys: number, length: number): JsonSchema => ({
  description,
  type: "object",
  maxProperties: keys,
  additionalProperties: { type: "string", maxLength: length },
});

const keyed = (description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  description,
  type: "array",
  maxItems: 256,
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["key"],
  items: { type: "object", required: Object.keys(properties), properties },
});

const several = (
  description: string,
  required: readonly string[],
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema => ({
  description,
  type: "array",
  maxItems: 32,
  "x-kubernetes-list-type": "atomic",
  items: { type: "object", required, properties },
});

const find = several("Secrets of a store that fit: each becomes a key, named by its path.", ["store"], {
  store: {
    description: "Name of the store.",
    type: "string",
    pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    maxLength: 63,
  },
  path: {
    description: "What paths begin with; it is left out of the names of keys.",
    type: "string",
    maxLength: 1024,
  },
  name: {
    description: "Regular expression (RE2) that the rest of the path must fit as a whole.",
    type: "string",
    minLength: 1,
    maxLength: 512,
  },
  tags: texts("Tags that a secret must have, where the store's listing tells them.", 16, 256),
  prefix,
  decode,
});

const template: JsonSchema = {
  description: "Texts made of the values.",
  type: "object",
  required: ["data"],
  properties: {
    keepValues: {
      description: "Whether the values stand in the output besides.",
      type: "boolean",
      default: false,
    },
    data: {
      ...keyed("Keys of the output that are made of the values.", { key }),
      maxItems: 64,
      items: {
        type: "object",
        required: ["key"],
        properties: {
          key,
          text: {
            description: 'Template of Go\'s text/template; a value is {{ .KEY }}, or {{ index . "KEY" }}.',
            type: "string",
            maxLength: 65_536,
          },
          format: {
            description: "Instead: a file with all values.",
            type: "string",
            enum: SYNC_FORMATS,
          },
        },
      },
    },
  },
};

const window: JsonSchema = {
  description: "When new values may take the place of older ones. The first ones never wait.",
  type: "object",
  required: ["from", "to"],
  properties: {
    days: {
      description: "Days on which it opens; every day by default.",
      type: "array",
      minItems: 1,
      maxItems: 7,
      "x-kubernetes-list-type": "set",
      items: { type: "string", enum: SYNC_DAYS },
    },
    from: { description: "When it opens, HH:MM.", type: "string", pattern: TIME },
    to: {
      description: "When it closes, HH:MM; on the next day if that is not after from.",
      type: "string",
      pattern: TIME,
    },
    timeZone: {
      description: "Time zone of the IANA database, as in Europe/Berlin.",
      type: "string",
      pattern: "^[A-Za-z0-9_+/-]+$",
      maxLength: 64,
      default: "UTC",
    },
  },
};

const target: JsonSchema = {
  description: "The object that is kept equal to the stores.",
  type: "object",
  // The rules are held against it as it stands here.
  default: { kind: "Secret", creationPolicy: "Owner", deletionPolicy: "Retain", adopt: false },
  properties: {
    kind: {
      description: "Kind of the object.",
      type: "string",
      enum: ["Secret", "ConfigMap"],
      default: "Secret",
    },
    name: {
      description: "Its name; that of the SecretSync by default.",
      type: "string",
      pattern: NAME,
      maxLength: 253,
    },
    type: {
      description: "Type of a Secret; Opaque by default.",
      type: "string",
      minLength: 1,
      maxLength: 253,
    },
    labels: texts("Labels of the object.", 32, 63),
    annotations: texts("Annotations of the object.", 32, 4096),
    creationPolicy: {
      description:
        "Owner: it is made, and goes with the SecretSync. Orphan: it is made, and stays. Merge: it must be there, and only keys are added.",
      type: "string",
      enum: ["Owner", "Merge", "Orphan"],
      default: "Owner",
    },
    deletionPolicy: {
      description: "What becomes of keys whose secret its store no longer has: they stay, or go as well.",
      type: "string",
      enum: ["Retain", "Delete"],
      default: "Retain",
    },
    adopt: {
      description: "Whether an object that is there already, and that no sync made, is taken over.",
      type: "boolean",
      default: false,
    },
  },
};

const properties: Readonly<Record<string, JsonSchema>> = {
  serviceAccountName: {
    description: "Service account of the namespace that access lists of stores are held against.",
    type: "string",
    pattern: NAME,
    maxLength: 253,
    default: "default",
  },
  intervalSeconds: {
    description: "Seconds after which a change in a store is seen at the latest.",
    type: "integer",
    minimum: 10,
    maximum: 86_400,
    default: 300,
  },
  suspend: { description: "Nothing is read or written while this is true.", type: "boolean" },
  data: keyed("Keys of the output, each with the reference its value comes from.", { key, from: reference }),
  extract: several("Secrets that are maps: each field becomes a key.", ["from"], {
    from: reference,
    prefix,
    decode,
  }),
  find,
  template,
  window,
  target,
};

/** The schema of `spec`, as a cluster takes it: structural, with defaults. */
export function secretSyncSchema(): JsonSchema {
  return { type: "object", properties };
}

const time = (description: string): JsonSchema => ({ description, type: "string", format: "date-time" });
const text = (maxLength: number): JsonSchema => ({ type: "string", maxLength });

/** The schema of `status`. */
export const SECRET_SYNC_STATUS_SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    observedGeneration: {
      description: "Generation that the status is about.",
      type: "integer",
      format: "int64",
    },
    lastSyncTime: time("When values were last brought into the output, or found there."),
    nextSyncTime: time("When it is tried again, where something stands in the way."),
    conditions: CONDITIONS_SCHEMA,
    observed: {
      description: "What the output is made of, with the versions that were read.",
      type: "array",
      maxItems: 4096,
      "x-kubernetes-list-type": "atomic",
      items: {
        type: "object",
        required: ["reference"],
        properties: { reference: text(4096), version: text(1024) },
      },
    },
    outputs: {
      description: "What was written.",
      type: "array",
      maxItems: 16,
      "x-kubernetes-list-type": "atomic",
      items: {
        type: "object",
        required: ["kind", "name", "uid", "resourceVersion", "hash", "generation", "keys"],
        properties: {
          kind: text(64),
          name: text(253),
          uid: text(64),
          resourceVersion: text(64),
          hash: text(64),
          generation: { type: "integer", format: "int64" },
          keys: { type: "array", maxItems: 4096, "x-kubernetes-list-type": "atomic", items: text(253) },
        },
      },
    },
  },
};
