import type { Readable } from "node:stream";
import { tooLarge } from "../client/read-body.js";
import { noAnswer } from "../errors/no-answer.js";

const LINE_FEED = 0x0a;

/** The stream was silent for too long. */
export class SilenceError extends Error {
  override readonly name = "SilenceError";
}

/**
 * The lines of a stream. Only waiting for bytes counts as silence, not the time the reader takes. However it
 * ends, the stream is closed.
 *
 * @throws {SilenceError} when nothing comes for `idleMs`.
 */
export async function* readLines(
  stream: Readable,
  { idleMs, maxBytes }: { readonly idleMs: number; readonly maxBytes: number },
): AsyncGenerator<Buffer, void, undefined> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer[] = [];
  let length = 0;
  try {
    for (;;) {
      const step = await nextChunk(stream, chunks, idleMs);
      if (step.done === true) return;
      let chunk = step.value;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED)) {
        const line = Buffer.concat([...rest, chunk.subarray(0, end)]);
        [rest, length] = [[], 0];
        chunk = chunk.subarray(end + 1);
        if (line.byteLength > maxBytes) throw tooLarge(maxBytes);
        yield line;
      }
      rest.push(chunk);
      length += chunk.byteLength;
      if (length > maxBytes) throw tooLarge(maxBytes);
    }
  } finally {
    stream.destroy();
  }
}

async function nextChunk(
  stream: Readable,
  chunks: AsyncIterator<Buffer>,
  idleMs: number,
): Promise<IteratorResult<Buffer>> {
  const timer = setTimeout(() => stream.destroy(new SilenceError()), idleMs);
  try {
    return await chunks.next();
  } catch (error) {
    throw error instanceof SilenceError ? error : noAnswer(error);
  } finally {
    clearTimeout(timer);
  }
}
