import type { IncomingMessage } from "node:http";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { noAnswer } from "../errors/no-answer.js";

/** The whole body, or a {@link KubernetesError} as soon as it is longer than `maxBytes`. */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.byteLength;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw noAnswer(error);
  }
  return Buffer.concat(chunks);
}

/** What an answer of more than `maxBytes` is reported as. */
export function tooLarge(maxBytes: number): KubernetesError {
  const problem = `answered more than ${maxBytes} bytes`;
  return new KubernetesError({ kind: "protocol", reason: "too-large", problem });
}
