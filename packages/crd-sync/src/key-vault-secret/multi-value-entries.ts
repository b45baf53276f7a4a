import { formatReference, parseFields, type SecretReference, SecretValue } from "@sluice/core";
import { parse } from "yaml";
import { KeyedValues } from "../inputs/keyed-values.js";
import { failureOfStore, SyncFailure } from "../source/sync-failure.js";
import type { SyncedValues } from "../source/sync-spec.js";

/**
 * The entries of a value that is a JSON object or, by its content type, a YAML mapping. Texts are given as they are,
 * numbers as they are written, anything deeper as JSON.
 *
 * @throws {SyncFailure} `InvalidSecret`, `InvalidKey`
 */
export function multiValueEntries(
  value: SecretValue,
  contentType: string | undefined,
  from: SecretReference,
): SyncedValues {
  const fields = contentType === "application/x-yaml" ? yamlFields(value, from) : parseFields(value);
  if ("status" in fields) throw failureOfStore(formatReference(from), fields);
  const entries = new KeyedValues();
  for (const [key, field] of fields) {
    if (!SecretValue.isInstance(field)) throw failureOfStore(formatReference(from), field);
    entries.put(key, field, from);
  }
  return entries.all;
}

function yamlFields(value: SecretValue, from: SecretReference): ReadonlyMap<string, SecretValue> {
  let read: unknown;
  try {
    // In this schema every scalar is the text that is written.
    read = parse(value.textOrUndefined() ?? "", { schema: "failsafe", logLevel: "silent" });
  } catch {
    // The parser's complaints quote the text.
  }
  if (typeof read !== "object" || read === null || Array.isArray(read))
    throw new SyncFailure("InvalidSecret", `${formatReference(from)} is not a YAML mapping`, "store");
  return new Map(
    Object.entries(read).map(([key, entry]: [string, unknown]) => [
      key,
      SecretValue.fromText(typeof entry === "string" ? entry : JSON.stringify(entry)),
    ]),
  );
}
