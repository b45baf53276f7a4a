import type { JsonSchema } from "@sluice/core";
import { type OwnVariable, ownVariable, VARIABLE_NAME } from "@sluice/core/plan";

/** An environment with its secrets in it: as toxic as they come. */
export interface EnvironmentAnswer {
  readonly protocol: number;
  /** Features a launcher must know, or refuse the answer. Version 1 defines none. */
  readonly critical: readonly string[];
  readonly env: Readonly<Record<string, AnsweredValue>>;
  /** Variables to take away. */
  readonly unset?: readonly string[];
}

/** A variable of an answer: text, or parts of which the container itself knows some. */
export type AnsweredValue = AnsweredText | readonly (AnsweredText | OwnVariable)[];

/** Text, or bytes that are not UTF-8. */
export type AnsweredText = string | { readonly base64: string };

const TEXT: JsonSchema = {
  anyOf: [
    { type: "string" },
    {
      type: "object",
      required: ["base64"],
      properties: { base64: { type: "string", pattern: "^[A-Za-z0-9+/]*={0,2}$" } },
      additionalProperties: false,
    },
  ],
};

/** JSON Schema of what a source answers. */
export const ANSWER_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "What a source answers",
  type: "object",
  required: ["protocol", "critical", "env"],
  properties: {
    protocol: { type: "integer", const: 1 },
    critical: { type: "array", items: { type: "string" }, maxItems: 64 },
    env: {
      type: "object",
      propertyNames: { pattern: VARIABLE_NAME },
      additionalProperties: {
        anyOf: [TEXT, { type: "array", items: { anyOf: [TEXT, ownVariable()] } }],
      },
    },
    unset: { type: "array", items: { type: "string", pattern: VARIABLE_NAME } },
  },
};
