import {
  type Failure,
  formatReference,
  parseTemplate,
  ReferenceSyntaxError,
  type ResolutionFailure,
  SecretValue,
  SecretValueError,
} from "@sluice/core";
import type { SecretReads } from "./secret-reads.js";

/** A failure whose place in the plan is not known yet. */
export type Fault = Omit<ResolutionFailure, "label">;

/** What a part of a plan comes to: a result, or why there is none. */
export type Filling<Result, Why = Fault> =
  | { readonly result: Result; readonly faults?: undefined }
  | { readonly result?: undefined; readonly faults: readonly Why[] };

/** The bytes of a text: its references read, its literals as UTF-8. */
export function fillText(text: string, reads: SecretReads): Filling<SecretValue> {
  const parts = partsOf(text);
  if (!Array.isArray(parts)) return { faults: [parts] };
  const faults: Fault[] = [];
  const values = parts.map((part) => {
    if (typeof part === "string") return SecretValue.fromText(part);
    const outcome = reads.outcomeOf(part);
    if (outcome.status === "found") return outcome.value;
    if (!faults.some(({ reference }) => reference === outcome.reference)) faults.push(outcome);
    return NOTHING;
  });
  if (faults.length > 0) return { faults };
  const [only = NOTHING] = values;
  if (values.length <= 1) return { result: only };
  return { result: SecretValue.fromBytes(Buffer.concat(values.map((value) => value.bytes()))) };
}

/** Like {@link fillText}, for formats that hold text only. */
export function fillPlainText(text: string, reads: SecretReads): Filling<string> {
  const filled = fillText(text, reads);
  if (filled.faults !== undefined) return filled;
  const plain = filled.result.textOrUndefined();
  return plain === undefined ? { faults: [{ ...NOT_TEXT, reference: namesIn(text) }] } : { result: plain };
}

/** What writing a format comes to, which may find that it cannot hold the values. */
export async function writing<Result>(
  reference: string,
  write: () => Result | Promise<Result>,
): Promise<Filling<Result>> {
  try {
    return { result: await write() };
  } catch (thrown) {
    if (!SecretValueError.isInstance(thrown)) throw thrown;
    const { problem, remedy } = thrown;
    const message = `cannot be written so: ${problem}`;
    return { faults: [{ reference, status: "invalid", reason: "not-writable", message, remedy }] };
  }
}

/** The references of a text, for people. */
export function namesIn(text: string): string {
  const parts = partsOf(text);
  if (!Array.isArray(parts)) return parts.reference;
  return parts.flatMap((part) => (typeof part === "string" ? [] : [formatReference(part)])).join(", ");
}

function partsOf(text: string): ReturnType<typeof parseTemplate> | Fault {
  try {
    return parseTemplate(text);
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    const message = `is malformed at character ${thrown.offset + thrown.position + 1}: ${thrown.reason}`;
    const { input: reference, remedy } = thrown;
    return { reference, status: "invalid", reason: "malformed-reference", message, remedy };
  }
}

const NOTHING = SecretValue.fromText("");

/** Bytes for a format that holds text only. */
export const NOT_TEXT: Failure = {
  status: "invalid",
  reason: "not-text",
  message: "is not UTF-8 text, which this format needs",
  remedy: "Take the format raw or directory, or have it encoded with decode=encode-base64",
};
