import type { JsonSchema } from "@sluice/core";

/** Why a source gives no environment. Never holds a value or a token. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Machine-readable and open: `not-authorized`, `replay`. */
  readonly reason: string;
  /** For people: what, where and why, without a full stop. */
  readonly message: string;
  /** For people: what to do. */
  readonly remedy?: string;
  readonly failures?: readonly VariableFailure[];
  /** Not in the body but in `Retry-After`: the shortest wait, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** One variable that cannot be given. */
export interface VariableFailure {
  readonly variable: string;
  readonly reference?: string;
  readonly status: string;
  readonly reason: string;
  readonly message?: string;
}

/** What sort of problem it is; a launcher's exit code follows from it. */
export type ProblemKind =
  | "usage"
  | "denied"
  | "not-found"
  | "configuration"
  | "deadline"
  | "bug"
  | "unavailable";

/** Status that a problem of a kind is answered with where it has none of its own. */
export const STATUS_OF_KIND: Readonly<Record<ProblemKind, number>> = {
  usage: 400,
  denied: 403,
  "not-found": 404,
  configuration: 422,
  deadline: 429,
  bug: 500,
  unavailable: 503,
};

/** JSON Schema of why a source gives no environment. */
export const PROBLEM_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Why a source gives no environment",
  type: "object",
  required: ["protocol", "error"],
  properties: {
    protocol: { type: "integer", minimum: 1 },
    error: {
      type: "object",
      required: ["kind", "reason", "message"],
      properties: {
        kind: { enum: Object.keys(STATUS_OF_KIND) },
        reason: { type: "string", maxLength: 128 },
        message: { type: "string", maxLength: 4096 },
        remedy: { type: "string", maxLength: 4096 },
        failures: {
          type: "array",
          items: {
            type: "object",
            required: ["variable", "status", "reason"],
            properties: {
              variable: { type: "string" },
              reference: { type: "string" },
              status: { type: "string" },
              reason: { type: "string" },
              message: { type: "string" },
            },
          },
        },
      },
    },
  },
};
