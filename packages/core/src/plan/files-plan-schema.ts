import type { JsonSchema } from "../provider/json-schema.js";
import { ENTRY_FORMATS, FILES_LIMITS, PEM_PARTS } from "./files-plan.js";
import { NOTIFY_SCHEMA } from "./planned-notify.js";
import { PLAN_SCHEMA, spreads } from "./plan-schema.js";

const TEXT = { type: "string" } as const;
const PATH = { type: "string", minLength: 2, maxLength: 4096 } as const;
// 2^32 - 1 means "nobody in particular" to the kernel.
const ID = { type: "integer", minimum: 0, maximum: 4_294_967_294 } as const;

function content(formats: readonly string[], required: readonly string[], properties: JsonSchema) {
  return {
    if: { properties: { format: { enum: formats } } },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
    then: { required: ["format", ...required], properties },
  };
}

const CONTENT: JsonSchema = {
  type: "object",
  required: ["format"],
  properties: {
    format: { enum: ["raw", "directory", "pem", "pkcs12", "go-template", "environment", ...ENTRY_FORMATS] },
  },
  allOf: [
    content(["raw"], ["text"], { text: TEXT }),
    content(["directory", ...ENTRY_FORMATS], [], {
      entries: { type: "object", maxProperties: FILES_LIMITS.entries, additionalProperties: TEXT },
      optional: { type: "array", items: TEXT, maxItems: FILES_LIMITS.entries },
      spread: spreads(FILES_LIMITS.spreads),
    }),
    content(["pem"], ["text"], { text: TEXT, part: { enum: [...PEM_PARTS] } }),
    content(["pkcs12"], ["text", "password"], {
      text: TEXT,
      password: TEXT,
      alias: { type: "string", minLength: 1, maxLength: 128 },
    }),
    content(["go-template"], ["template", "store"], {
      template: TEXT,
      store: { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" },
      missingKey: { enum: ["zero", "error", "default"] },
      delimiters: {
        type: "array",
        items: { type: "string", minLength: 1, maxLength: 16 },
        minItems: 2,
        maxItems: 2,
      },
    }),
    content(["environment"], ["plan"], { plan: PLAN_SCHEMA }),
  ],
};

/** The shape of a plan for files of version 1. Members it does not name are left to later versions. */
export const FILES_PLAN_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Files that are made of secrets",
  type: "object",
  required: ["version", "minReader", "critical", "roots", "files"],
  properties: {
    version: { type: "integer", minimum: 1 },
    minReader: { type: "integer", minimum: 1 },
    critical: { type: "array", items: { type: "string" }, maxItems: 64 },
    roots: { type: "array", items: PATH, minItems: 1, maxItems: FILES_LIMITS.roots },
    files: {
      type: "array",
      maxItems: FILES_LIMITS.files,
      items: {
        type: "object",
        required: ["path", "content"],
        properties: {
          path: PATH,
          content: CONTENT,
          mode: { type: "string", pattern: "^0?[0-7]{3}$" },
          owner: { type: "object", properties: { uid: ID, gid: ID } },
          optional: { type: "boolean" },
          notify: { type: "array", items: NOTIFY_SCHEMA, maxItems: 16 },
        },
      },
    },
  },
};
