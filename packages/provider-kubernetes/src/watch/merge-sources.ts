interface Offer<Item> {
  readonly item: Item;
  readonly taken: () => void;
}

/** The items of several sources as they come. A source waits until its item was taken. Rejects as one of them does. */
export async function* mergeSources<Item>(
  sources: readonly AsyncIterable<Item>[],
): AsyncGenerator<Item, void, undefined> {
  const offers: Offer<Item>[] = [];
  let closed = false;
  let news = Promise.withResolvers<void>();
  const pumps = sources.map(async (source) => {
    for await (const item of source) {
      const taken = Promise.withResolvers<void>();
      offers.push({ item, taken: taken.resolve });
      news.resolve();
      await taken.promise;
      if (closed) return;
    }
  });
  let end: { readonly failure?: unknown } | undefined;
  const ended = Promise.all(pumps).then(
    () => (end = {}),
    (failure: unknown) => (end = { failure }),
  );
  void ended.then(() => news.resolve());
  try {
    for (;;) {
      await news.promise;
      news = Promise.withResolvers();
      for (let offer = offers[0]; offer !== undefined; [offer] = offers) {
        yield offer.item;
        offers.shift();
        offer.taken();
      }
      if (end !== undefined && "failure" in end) throw end.failure;
      if (end !== undefined) return;
    }
  } finally {
    // Sources that wait to be heard are closed; those that wait for something are their caller's to abort.
    closed = true;
    for (const { taken } of offers) taken();
  }
}
