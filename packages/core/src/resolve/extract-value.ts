import type { Failure, SecretRecord } from "../provider/secret-outcome.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { closestName } from "../util/closest-name.js";
import { listNames } from "../util/list-names.js";
import { SecretValue } from "../value/secret-value.js";
import { decodeValue } from "./decode-value.js";
import { parseFields } from "./parse-fields.js";

export type Extracted = SecretValue | Failure;

/**
 * Takes what a reference asks for out of what its store holds: the field named by its key, then its
 * decodings. A record of named values read without a key is their JSON object.
 *
 * @param native the provider selected the field itself and answered with its bytes
 */
export function extractValue(reference: SecretReference, record: SecretRecord, native: boolean): Extracted {
  const value = selectValue(reference, record.value, native);
  return SecretValue.isInstance(value) ? decodeValue(value, reference.decode ?? []) : value;
}

function selectValue({ key }: SecretReference, value: SecretRecord["value"], native: boolean): Extracted {
  if (key === undefined) return SecretValue.isInstance(value) ? value : toJsonObject(value);
  if (SecretValue.isInstance(value) && native) return value;
  const fields = SecretValue.isInstance(value) ? parseFields(value) : value;
  if (isFailure(fields)) return fields;
  const found = fields.get(key);
  if (found !== undefined) return found;
  const near = closestName(key, fields.keys());
  return {
    status: "not-found",
    reason: "field-missing",
    message: `has no field "${key}"`,
    remedy: near ? `Did you mean "${near}"?` : `Its fields are: ${listNames(Array.from(fields.keys()))}`,
  };
}

function isFailure(fields: Failure | ReadonlyMap<string, unknown>): fields is Failure {
  return "status" in fields;
}

function toJsonObject(fields: ReadonlyMap<string, SecretValue>): Extracted {
  const texts: [string, string][] = [];
  for (const [name, value] of fields) {
    const text = value.textOrUndefined();
    if (text === undefined)
      return {
        status: "invalid",
        reason: "field-not-text",
        message: `cannot be read as a whole: its field "${name}" is not text`,
        remedy: `Name the field wanted, as in #${name}`,
      };
    texts.push([name, text]);
  }
  return SecretValue.fromText(JSON.stringify(Object.fromEntries(texts)));
}
