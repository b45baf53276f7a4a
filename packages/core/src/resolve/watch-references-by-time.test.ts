import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DENIED, memoryStore, NOT_FOUND, resolverOf, UNAVAILABLE } from "./memory-provider.test-support.js";
import { pass, watching, follow, DB, ONE_TRY } from "./watch-references.test-support.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a watch of a provider that cannot tell", () => {
  it("looks by time: every thirty seconds by default, spread a little", async () => {
    const store = memoryStore({ db: ["1", "1", "2"] });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([DB]));
    await pass(26_999);
    expect(store.calls).toHaveLength(1);
    await pass(6_001);
    expect(store.calls).toHaveLength(2);
    await pass(33_000);
    expect(seen).toEqual(["0 changed 2"]);
  });

  it("looks as often as it is asked to, in batches", async () => {
    const paths = Array.from({ length: 25 }, (_, index) => `p${index}`);
    const store = memoryStore(Object.fromEntries(paths.map((path) => [path, path])));
    await using secrets = resolverOf(store);
    follow(
      secrets.watch(
        paths.map((path) => `secret://prod/${path}` as const),
        { pollIntervalMs: 1000 },
      ),
    );
    await pass(1100);
    expect(store.calls).toHaveLength(6);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(2);
  });

  it("serves others what it saw", async () => {
    const store = memoryStore({ db: ["1", "2", "3"] });
    await using secrets = resolverOf(store);
    follow(secrets.watch([DB], { pollIntervalMs: 1000 }));
    await pass(0);
    expect((await secrets.get(DB)).text()).toBe("1");
    await pass(1100);
    expect((await secrets.get(DB)).text()).toBe("2");
  });
});

describe("a store that does not answer", () => {
  it("keeps the last value, and is looked at again soon", async () => {
    const { store, script } = watching({ db: ["1", "1", UNAVAILABLE, UNAVAILABLE, "2"] });
    await using secrets = resolverOf(store, ONE_TRY);
    const { seen } = follow(secrets.watch([DB]));
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    // Between three and five seconds later, so that many do not come at once.
    await pass(2999);
    expect([seen, store.calls.length]).toEqual([[], 3]);
    await pass(7001);
    expect(seen).toEqual(["0 changed 2"]);
  });

  it("keeps the last value if it refuses, and tells of its deletion only on its own word", async () => {
    const store = memoryStore({ db: ["1", DENIED, UNAVAILABLE, "1", NOT_FOUND] });
    await using secrets = resolverOf(store, ONE_TRY);
    const { seen } = follow(secrets.watch([DB], { pollIntervalMs: 10_000 }));
    await pass(60_000);
    expect(seen).toEqual(["0 deleted"]);
  });

  it("is not asked ever more often", async () => {
    const store = memoryStore({ db: UNAVAILABLE });
    await using secrets = resolverOf(store, ONE_TRY);
    follow(secrets.watch([DB], { pollIntervalMs: 1000 }));
    await pass(60_000);
    const before = store.calls.length;
    await pass(60_000);
    // One look a second, and one each five: as in the minute before.
    expect(store.calls.length - before).toBeLessThanOrEqual(85);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(3);
  });

  it("does not serve a stale value as if it were seen", async () => {
    const { store, script } = watching({ db: ["1", "1", UNAVAILABLE, "2"] });
    await using secrets = resolverOf(store, { ...ONE_TRY, cache: { staleIfErrorMs: 1e9 } });
    const { seen } = follow(secrets.watch([DB]));
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    await pass(5100);
    expect(seen).toEqual(["0 changed 2"]);
  });
});
