import type { JsonSchema } from "@sluice/core";
import { TEXT, textSchema } from "../util/text-schema.js";
import { LONGEST_DURATION } from "./parse-duration.js";

const TEXTS_BY_NAME: JsonSchema = { type: "object", additionalProperties: textSchema() };
/** Templates, as long as a `SecretSync` has them, and annotations, which may hold as much. */
const LONG_TEXTS_BY_NAME: JsonSchema = { type: "object", additionalProperties: textSchema(65_536) };
const STORE = closed(["name"], { name: TEXT, kind: { enum: ["SecretStore", "ClusterSecretStore"] } });
/** Every key is gone through by each of them. */
const REWRITE = textSchema(512);
const CONVERSION = { enum: ["Default", "Unicode"] };
const DECODING = { enum: ["None", "Base64", "Base64URL", "Auto"] };
const REMOTE = closed(["key"], {
  key: TEXT,
  property: textSchema(),
  version: textSchema(),
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
  refreshInterval: textSchema(LONGEST_DURATION),
  target: closed([], {
    name: TEXT,
    creationPolicy: { enum: ["Owner", "Orphan", "Merge", "None"] },
    deletionPolicy: { enum: ["Retain", "Delete", "Merge"] },
    immutable: { type: "boolean" },
    template: closed([], {
      type: textSchema(),
      engineVersion: { enum: ["v2"] },
      mergePolicy: { enum: ["Replace", "Merge"] },
      metadata: closed([], { labels: TEXTS_BY_NAME, annotations: LONG_TEXTS_BY_NAME }),
      data: LONG_TEXTS_BY_NAME,
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
        path: textSchema(),
        name: closed([], { regexp: textSchema() }),
        tags: TEXTS_BY_NAME,
        conversionStrategy: CONVERSION,
        decodingStrategy: DECODING,
        nullBytePolicy: { enum: ["Ignore"] },
      }),
      rewrite: {
        type: "array",
        maxItems: 32,
        items: closed([], {
          regexp: closed(["source", "target"], { source: REWRITE, target: REWRITE }),
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
