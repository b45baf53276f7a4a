import type { JsonSchema } from "@sluice/core";
import { schemaFaults, strict } from "../stores/schema-faults.js";
import { broken } from "../stores/schema-rules.js";
import type { StoreFault } from "../stores/store-fault.js";
import type { GeneratedSecretSpec } from "./generated-secret-manifest.js";
import { GENERATED_SECRET_RULES } from "./generated-secret-rules.js";
import { GENERATED_SECRET_SCHEMA } from "./generated-secret-schema.js";

let schema: JsonSchema | undefined;

/**
 * What is wrong with the `spec` of a `GeneratedSecret`: nothing when it is a {@link GeneratedSecretSpec}.
 *
 * @param value whatever stands there
 */
export function generatedSecretFaults(value: unknown): StoreFault[] {
  schema ??= strict(GENERATED_SECRET_SCHEMA);
  const faults = schemaFaults(schema, value);
  return faults.length > 0 ? faults : broken(GENERATED_SECRET_RULES, value as GeneratedSecretSpec, []);
}
