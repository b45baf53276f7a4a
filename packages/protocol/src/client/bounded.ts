import type { IncomingMessage } from "node:http";

/** The chunks of a body, which fails when it is too large, or as Node has it when it ends early. */
export async function* bounded(response: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > limit) throw new Error(`The answer is larger than ${limit} bytes`);
    yield chunk;
  }
}
