import { SecretValueError } from "@sluice/core";

import type { Variable } from "../variable.js";

/** POSIX, Base Definitions, chapter 3, "Name". */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * `export NAME='value'` lines for any POSIX shell to source or `eval`. In single quotes nothing is special but
 * the single quote itself.
 *
 * @throws {SecretValueError} for a name that is not a shell name, and for a NUL in a value.
 */
export function formatShell(variables: readonly Variable[]): string {
  return variables.map(({ name, value }) => `export ${checkedName(name)}=${quote(name, value)}\n`).join("");
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new SecretValueError(
    `The name ${JSON.stringify(name)} is not a shell variable name`,
    "Map the secret to a name of letters, digits and _ that does not begin with a digit",
  );
}

function quote(name: string, value: string): string {
  if (value.includes("\0")) {
    throw new SecretValueError(
      `The value of ${name} has a NUL character, which a shell variable cannot hold`,
      "Store binary data encoded, for example as base64",
    );
  }
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
