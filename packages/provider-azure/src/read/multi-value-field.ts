import { type Failure, SecretValue } from "@sluice/core";
import { fieldMissing } from "../failure/failures.js";
import { jsonFields } from "./json-fields.js";
import { yamlFields } from "./yaml-fields.js";

/** Texts by name; `undefined` where there is a null. */
export type Fields = ReadonlyMap<string, string | undefined>;

/** A field of a secret that holds several, as a JSON object or, where its content type says so, as YAML. */
export async function multiValueField(
  text: string,
  contentType: string | undefined,
  name: string,
): Promise<SecretValue | Failure> {
  const yaml = contentType !== undefined && /yaml/i.test(contentType);
  const fields = yaml ? await yamlFields(text) : jsonFields(text);
  if (!fields) return yaml ? NO_YAML : NO_JSON;
  if (!fields.has(name)) return fieldMissing(name, Array.from(fields.keys()));
  const value = fields.get(name);
  if (value === undefined) return { ...NULL, message: `has null in its field "${name}"` };
  return SecretValue.fromText(value);
}

const NO_JSON: Failure = {
  status: "invalid",
  reason: "not-an-object",
  message: "has no fields: it is not a JSON object",
  remedy: "Leave out #KEY to read it as a whole; for YAML set its content type to application/x-yaml",
};

const NO_YAML: Failure = {
  status: "invalid",
  reason: "not-an-object",
  message: "has no fields: it is not a YAML mapping",
  remedy: "Correct it, or leave out #KEY to read it as a whole",
};

const NULL: Failure = {
  status: "invalid",
  reason: "field-null",
  remedy: "Give the field a value in its store",
};
