import assert from "node:assert";
import { FAILURE_STATUSES, type SecretFound, type SecretOutcome, SecretValue } from "@sluice/core";

const SUCCESSES = ["found", "created", "updated", "exists", "deleted", "revoked"];

/** An answer's status as messages may name it: a provider may have put anything there. */
export function statusOf(answer: object): string {
  const status: unknown = Reflect.get(answer, "status");
  if (status === undefined) return "no status";
  const known = [...SUCCESSES, ...FAILURE_STATUSES].find((each) => each === status);
  return known === undefined ? "an unknown status" : `\`${known}\``;
}

/** Whether an answer tells of a success. */
export function isSuccess(answer: object): boolean {
  return SUCCESSES.includes(String(Reflect.get(answer, "status")));
}

/** The answer must have one of these statuses. */
export function expectStatus(answer: object, what: string, ...allowed: readonly string[]): void {
  assert.ok(
    allowed.includes(String(Reflect.get(answer, "status"))),
    `${what} must be ${allowed.map((status) => `\`${status}\``).join(" or ")}, and is ${statusOf(answer)}`,
  );
}

/** The outcome must be `found`. */
export function expectFound(outcome: SecretOutcome, what: string): SecretFound {
  expectStatus(outcome, what, "found");
  return outcome as SecretFound;
}

/** What was found must be these bytes, in the field given if there is one. */
export function expectContent(
  outcome: SecretOutcome,
  what: string,
  content: string | Uint8Array,
  field?: string,
): void {
  const actual = contentOf(outcome, what, field);
  const expected = Buffer.from(content);
  assert.ok(
    expected.equals(actual),
    `${what} has not come through unchanged: ${actual.byteLength} bytes for ${expected.byteLength}`,
  );
}

/** What was found, or its field where the subject keeps contents in one. */
export function contentOf(outcome: SecretOutcome, what: string, field: string | undefined): Uint8Array {
  const { value } = expectFound(outcome, what);
  const content = field === undefined ? bytesOf(value, what) : fieldsOf(outcome, what).get(field);
  assert.ok(content, `${what} lacks its field`);
  return content;
}

/** The fields of a secret, which is a map of named values or the text of a JSON object. */
export function fieldsOf(outcome: SecretOutcome, what: string): ReadonlyMap<string, Uint8Array> {
  const { value } = expectFound(outcome, what);
  if (value instanceof Map)
    return new Map(Array.from(value, ([name, entry]) => [name, bytesOf(entry, `a field of ${what}`)]));
  const fields = parseObject(Buffer.from(bytesOf(value, what)).toString());
  assert.ok(fields, `${what} must be a map of named values, or the text of a JSON object`);
  return new Map(Object.entries(fields).map(([name, entry]) => [name, Buffer.from(String(entry))]));
}

function bytesOf(value: unknown, what: string): Uint8Array {
  assert.ok(SecretValue.isInstance(value), `${what} must be a SecretValue`);
  return value.bytes();
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}
