/** The promise's result; rejects with the signal's reason as soon as that aborts, whatever the promise does. */
export async function unlessAborted<Result>(
  signal: AbortSignal,
  promise: PromiseLike<Result>,
): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Iterates over `source`; throws the signal's reason as soon as that aborts, also if the source ignores it. */
export async function* iterateUnlessAborted<Item>(
  signal: AbortSignal,
  source: AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let done = false;
  try {
    for (;;) {
      const step = await unlessAborted(signal, iterator.next());
      done = step.done === true;
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    if (!done) await unlessAborted(signal, Promise.resolve(iterator.return?.()));
  }
}
