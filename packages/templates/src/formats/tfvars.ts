import { SecretValueError } from "@sluice/core";

import { escapeCodeUnits } from "../escape-code-units.js";
import type { Variable } from "../variable.js";

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * `name = "value"` lines for Terraform and OpenTofu: HCL quoted templates without any interpolation.
 * HCL itself normalizes strings to NFC, which no escape prevents.
 * Source of the escapes: HCL Native Syntax Specification, section "Template Expressions".
 *
 * @throws {SecretValueError} for a name that is not an ASCII HCL identifier.
 */
export function formatTfvars(variables: readonly Variable[]): string {
  return variables.map(({ name, value }) => `${checkedName(name)} = "${escapeTemplate(value)}"\n`).join("");
}

function escapeTemplate(value: string): string {
  const escaped = value
    .replace(/[\\"\n\r\t]/g, (character) => ESCAPES[character] ?? character)
    .replace(/[$%](?=\{)/g, "$&$&");
  return escapeCodeUnits(escaped, /\p{Cc}/gu);
}

function checkedName(name: string): string {
  if (IDENTIFIER.test(name)) return name;
  throw new SecretValueError(
    `The name ${JSON.stringify(name)} is not a Terraform identifier`,
    "Map the secret to a name of letters, digits, _ and - that begins with a letter or _",
  );
}
