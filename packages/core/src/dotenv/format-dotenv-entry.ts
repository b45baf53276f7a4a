import { SecretValueError } from "../errors/secret-value-error.js";

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Anything but characters that no shell and no dotenv reader gives a meaning to. */
const SPECIAL = /[^A-Za-z0-9_%+,./:=@-]/;

/**
 * The line `NAME=value`, without its line break, that {@link parseDotenv} reads back as exactly this value.
 *
 * A POSIX shell reads it the same, unless the value has a carriage return, which only an escape can carry:
 * plain values stand unquoted, others in single quotes, and those with a single quote or a carriage return in
 * double quotes. A line feed is written as it is, so a value may take several lines.
 *
 * @throws {SecretValueError} for a name that is not `[A-Za-z_][A-Za-z0-9_.-]*`, and for a NUL in the value.
 */
export function formatDotenvEntry(name: string, value: string): string {
  if (!NAME.test(name)) {
    throw new SecretValueError(
      `The name ${JSON.stringify(name)} cannot be written to a dotenv file`,
      "Use letters, digits, _, . and -, and begin with a letter or _",
    );
  }
  if (value.includes("\0")) {
    throw new SecretValueError(
      `The value of ${name} has a NUL character, which a dotenv file cannot hold`,
      "Store binary data encoded, for example as base64",
    );
  }
  return `${name}=${quote(value)}`;
}

function quote(value: string): string {
  if (!SPECIAL.test(value)) return value;
  if (!/['\r]/.test(value)) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, "\\$&").replaceAll("\r", "\\r")}"`;
}
