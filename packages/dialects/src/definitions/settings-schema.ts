import type { JsonSchema } from "@sluice/core";

export const TEXT = { type: "string", minLength: 1 } as const;

export const STORE = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" } as const;

export const section = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

/** Which store a server is that pods name. */
export const SERVERS: JsonSchema = {
  type: "array",
  items: { ...section({ store: STORE, address: TEXT, namespace: TEXT }), required: ["store"] },
};
