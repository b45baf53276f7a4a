import type { JsonSchema } from "../provider/json-schema.js";
import { CONTAINER_AUDIENCES, PLAN_LIMITS } from "./injection-plan.js";

/** A variable that a plan may set: not one of the launcher's own, and one an environment can hold. */
export const VARIABLE_NAME = "^(?!SLUICE_)[^=\\u0000]+$";

const PATH = { type: "string", pattern: "^/[^\\u0000]*$", maxLength: 4096 } as const;

/** The shape of an injection plan of version 1. Members it does not name are left to later versions. */
export const PLAN_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Injection plan of one container",
  type: "object",
  required: ["version", "minReader", "critical", "container", "env"],
  properties: {
    version: { type: "integer", minimum: 1 },
    minReader: { type: "integer", minimum: 1 },
    critical: { type: "array", items: { type: "string" }, maxItems: 64 },
    container: { type: "string", minLength: 1, maxLength: 63 },
    env: {
      type: "object",
      maxProperties: PLAN_LIMITS.variables,
      propertyNames: { pattern: VARIABLE_NAME },
      additionalProperties: {
        anyOf: [{ type: "string" }, { type: "array", items: { anyOf: [{ type: "string" }, ownVariable()] } }],
      },
    },
    optional: { type: "array", items: { type: "string" }, maxItems: PLAN_LIMITS.variables },
    remove: {
      type: "array",
      items: { type: "string", pattern: VARIABLE_NAME },
      maxItems: PLAN_LIMITS.variables,
    },
    spread: spreads(PLAN_LIMITS.spreads),
    source: {
      type: "object",
      properties: {
        serverName: { type: "string", minLength: 1, maxLength: 253 },
        roots: { type: "string" },
        token: PATH,
        tokens: {
          type: "object",
          maxProperties: 32,
          propertyNames: { pattern: `^(?!${CONTAINER_AUDIENCES})` },
          additionalProperties: PATH,
        },
        waitSeconds: { type: "integer", minimum: 0, maximum: PLAN_LIMITS.waitSeconds },
      },
    },
  },
};

/** Secrets that are taken with all their fields. */
export function spreads(most: number): JsonSchema {
  return {
    type: "array",
    items: {
      type: "object",
      required: ["from"],
      properties: { from: { type: "string", pattern: "^secret://" }, optional: { type: "boolean" } },
    },
    maxItems: most,
  };
}

/** A variable of the container's own, as plans and answers name it. */
export function ownVariable(): JsonSchema {
  return {
    type: "object",
    required: ["var"],
    properties: { var: { type: "string", minLength: 1 } },
    additionalProperties: false,
  };
}
