import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TestStore } from "../test-store.test-support.js";
import { followSecrets } from "./followed-secrets.js";
import { HeldSecrets } from "./held-secrets.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Marsaglia's xorshift: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

it.each([1, 2])(
  "a hundred ask of a store that was away: no second has a twentieth of the requests (seed %i)",
  async (seed) => {
    vi.spyOn(Math, "random").mockImplementation(seeded(seed));
    const store = new TestStore();
    store.secrets.set("a", "x");
    const over = new AbortController();
    const following = Array.from({ length: 100 }, async () => {
      const { resolver } = store.open();
      const secrets = new HeldSecrets(resolver);
      const reference = "secret://test/a";
      await secrets.reader.settle({ reference });
      const options = { resolver, secrets, refreshMs: 30_000, onChange: () => undefined };
      await followSecrets(new Set([reference]), options, over.signal);
      await resolver[Symbol.asyncDispose]();
    });
    // All have looked once by then.
    await vi.advanceTimersByTimeAsync(35_000);
    store.askedAt.length = 0;
    store.isAway = true;
    await vi.advanceTimersByTimeAsync(60_000);
    store.isAway = false;
    await vi.advanceTimersByTimeAsync(60_000);
    over.abort(new Error("the test is over"));
    await Promise.all(following);
    const seconds = Map.groupBy(store.askedAt, (at) => Math.floor(at / 1000));
    expect(store.askedAt.length).toBeGreaterThan(400);
    expect(seconds.size).toBeGreaterThan(100);
    const most = Math.max(...Array.from(seconds.values(), ({ length }) => length));
    expect(most / store.askedAt.length).toBeLessThan(0.05);
  },
);
