import { parseJsonExactly, type SecretValue } from "@sluice/core";
import { Refusal } from "../failure/refusal.js";

/**
 * The fields that a value stands for.
 *
 * @throws {Refusal} unless it is the text of a JSON object. The parser's message is dropped: it quotes the value.
 */
export function fieldsToWrite(value: SecretValue): object {
  const fields = parsed(value.textOrUndefined());
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) return fields;
  throw new Refusal({
    status: "invalid",
    reason: "no-fields",
    message: "cannot be written: Vault keeps named fields, and the value is not the text of a JSON object",
    remedy: 'Write it as a JSON object: {"password": "…"}',
  });
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parseJsonExactly(text);
  } catch {
    // Told by the caller, who has no use for the parser's words.
    return undefined;
  }
}
