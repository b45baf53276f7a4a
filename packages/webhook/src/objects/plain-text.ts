/** Bytes that are no text, for a place that takes text only. */
export class NotTextError extends Error {
  override readonly name = "NotTextError";
}

/** @throws NotTextError */
export function plainText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotTextError();
  }
}

/** What a base64 text stands for, if that is text. */
export function decodedText(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return plainText(Buffer.from(value, "base64"));
  } catch (thrown) {
    if (thrown instanceof NotTextError) return undefined;
    throw thrown;
  }
}
