import type { JsonSchema } from "@sluice/core";

const TEXT: JsonSchema = { type: "string", minLength: 1 };
const TEXTS_BY_NAME: JsonSchema = { type: "object", additionalProperties: { type: "string" } };
const STORE = closed(["name"], { name: TEXT, kind: { enum: ["SecretStore", "ClusterSecretStore"] } });
const CONVERSION = { enum: ["Default", "Unicode"] };
const DECODING = { enum: ["None", "Base64", "Base64URL", "Auto"] };
const REMOTE = closed(["key"], {
  key: TEXT,
  property: { type: "string" },
  version: { type: "string" },
  metadataPolicy: { enum: ["None"] },
  conversionStrategy: CONVERSION,
  decodingStrategy: DECODING,
  // What becomes of a value that is null, which is none here.
  nullBytePolicy: { enum: ["Ignore"] },
});

/** `spec` of an `ExternalSecret`, as far as it is covered. */
export const EXTERNAL_SECRET_SCHEMA: JsonSchema = closed([], {
  secretStoreRef: STORE,
  refreshPolicy: { enum: ["Periodic", "CreatedOnce", "OnChange"] },
  refreshInterval: { type: "string" },
  target: closed([], {
    name: TEXT,
    creationPolicy: { enum: ["Owner", "Orphan", "Merge", "None"] },
    deletionPolicy: { enum: ["Retain", "Delete", "Merge"] },
    immutable: { type: "boolean" },
    template: closed([], {
      type: { type: "string" },
      engineVersion: { enum: ["v2"] },
      mergePolicy: { enum: ["Replace", "Merge"] },
      metadata: closed([], { labels: TEXTS_BY_NAME, annotations: TEXTS_BY_NAME }),
      data: TEXTS_BY_NAME,
    }),
  }),
  data: {
    type: "array",
    items: closed(["secretKey", "remoteRef"], {
      secretKey: TEXT,
      remoteRef: REMOTE,
      sourceRef: closed([], { storeRef: STORE }),
    }),
  },
  dataFrom: {
    type: "array",
    items: closed([], {
      extract: REMOTE,
      find: closed([], {
        path: { type: "string" },
        name: closed([], { regexp: { type: "string" } }),
        tags: TEXTS_BY_NAME,
        conversionStrategy: CONVERSION,
        decodingStrategy: DECODING,
        nullBytePolicy: { enum: ["Ignore"] },
      }),
      rewrite: {
        type: "array",
        maxItems: 32,
        items: closed([], {
          regexp: closed(["source", "target"], { source: { type: "string" }, target: { type: "string" } }),
        }),
      },
      sourceRef: closed([], { storeRef: STORE }),
    }),
  },
});

function closed(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties,
  };
}
