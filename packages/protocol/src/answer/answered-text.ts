import type { SecretValue } from "@sluice/core";
import type { AnsweredText } from "../schema/environment-answer.js";

/** A value as an answer writes it; `undefined` where no environment can hold it, for it has a NUL. */
export function answeredText(value: SecretValue): AnsweredText | undefined {
  const text = value.textOrUndefined();
  if (text !== undefined) return text.includes("\0") ? undefined : text;
  const bytes = value.bytes();
  return bytes.includes(0) ? undefined : { base64: Buffer.from(bytes).toString("base64") };
}
