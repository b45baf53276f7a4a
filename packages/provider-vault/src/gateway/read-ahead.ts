/** A body that was read to its end, or one that was longer: then all of it is still to come. */
export type ReadBody = { readonly whole: Uint8Array } | { readonly streamed: AsyncIterable<Uint8Array> };

/** Reads a body if it has at most so many bytes; of a longer one nothing is lost. */
export async function readAhead(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<ReadBody> {
  const iterator = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= mostBytes) {
    const next = await iterator.next();
    if (next.done === true) return { whole: Buffer.concat(chunks) };
    chunks.push(next.value);
    size += next.value.byteLength;
  }
  return { streamed: chained(chunks, iterator) };
}

async function* chained(
  chunks: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
  yield* { [Symbol.asyncIterator]: () => iterator };
}
