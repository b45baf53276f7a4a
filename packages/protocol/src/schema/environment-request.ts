import type { JsonSchema } from "@sluice/core";
import { LIMITS } from "../limits.js";

/** What a launcher asks. Nothing in it says which secrets: a broker takes that from the pod. */
export interface EnvironmentRequest {
  readonly protocol: number;
  /** Highest version of a plan that the launcher reads. */
  readonly reader: number;
  readonly features: readonly string[];
  /** The container it says it is in. */
  readonly container: string;
  /** 32 hex digits: the same in every try of one start. */
  readonly nonce: string;
  readonly planDigest: string;
  /** Further tokens by audience. */
  readonly tokens?: Readonly<Record<string, string>>;
}

const TOKEN = {
  type: "string",
  pattern: "^[A-Za-z0-9._~+/=-]+$",
  maxLength: LIMITS.tokenBytes,
} as const;

/** JSON Schema of what a launcher asks. */
export const REQUEST_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "What a launcher asks its source",
  type: "object",
  required: ["protocol", "reader", "features", "container", "nonce", "planDigest"],
  properties: {
    protocol: { type: "integer", minimum: 1 },
    reader: { type: "integer", minimum: 1 },
    features: { type: "array", items: { type: "string" }, maxItems: 64 },
    container: { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" },
    nonce: { type: "string", pattern: "^[0-9a-f]{32}$" },
    planDigest: { type: "string", pattern: "^sha256:[0-9a-f]{64}$" },
    tokens: { type: "object", maxProperties: 32, additionalProperties: TOKEN },
  },
};
