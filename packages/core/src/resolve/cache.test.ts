import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SecretValue } from "../value/secret-value.js";
import {
  DENIED,
  delegated,
  found,
  memoryStore,
  NOT_FOUND,
  QUICK,
  resolverOf,
  THROTTLED,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";
import { DEFAULTS } from "./resolver-options.js";
import { createSecretCache } from "./secret-cache.js";

const DB = "secret://prod/db";
const NO_RETRIES = { ...QUICK, attempts: 1 };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the cache", () => {
  it("serves a value for five minutes by default", async () => {
    const store = memoryStore({ db: ["1", "2"] });
    await using secrets = resolverOf(store);
    const read = async (): Promise<string> => (await secrets.get(DB)).text();
    expect(await read()).toBe("1");
    vi.advanceTimersByTime(299_999);
    expect(await read()).toBe("1");
    vi.advanceTimersByTime(1);
    expect(await read()).toBe("2");
    expect(store.calls).toHaveLength(2);
  });

  it("serves every key of a secret that was read once", async () => {
    const store = memoryStore({ db: '{"a":"1","b":"2"}' });
    await using secrets = resolverOf(store);
    expect((await secrets.get("secret://prod/db#a")).text()).toBe("1");
    expect((await secrets.get("secret://prod/db#b")).text()).toBe("2");
    expect(store.calls).toHaveLength(1);
  });

  it("keeps versions apart", async () => {
    const store = memoryStore({ db: ({ version }) => ("version" in version ? version.version : "latest") });
    await using secrets = resolverOf(store);
    const references = [DB, `${DB}?version=1`, `${DB}?version=2`, `${DB}?label=1`] as const;
    await secrets.getAll(references);
    const values = await secrets.getAll(references);
    expect(values.map((value) => value.text())).toEqual(["latest", "1", "2", "latest"]);
    expect(store.asked).toHaveLength(4);
  });

  it("keeps nothing that was read for a workload longer than the workload is proved", async () => {
    const store = memoryStore({ db: ["1", "2", "3"] }, { capabilities: { delegation: true } });
    await using secrets = resolverOf(store, { cache: { ttlMs: 60_000, staleIfErrorMs: 60_000 } });
    const read = async (expiresAt: number): Promise<string> =>
      (await secrets.get(DB, { identity: { ...delegated("web"), expiresAt } })).text();
    expect(await read(1_001_000)).toBe("1");
    vi.advanceTimersByTime(999);
    expect(await read(1_500_000)).toBe("1");
    vi.advanceTimersByTime(1);
    expect(await read(1_500_000)).toBe("2");
    vi.advanceTimersByTime(59_999);
    expect(await read(0)).toBe("2");
    vi.advanceTimersByTime(1);
    // Proved no more: it is read, and not kept.
    expect(await read(0)).toBe("3");
    expect(await read(0)).toBe("3");
    expect(store.calls).toHaveLength(4);
  });

  it("never serves a value beyond its expiry", async () => {
    const store = memoryStore({ db: [found("1", { expiresAt: 1_000_000 + 1000 }), UNAVAILABLE] });
    await using secrets = resolverOf(store, { cache: { staleIfErrorMs: 60_000 }, retry: NO_RETRIES });
    await secrets.get(DB);
    vi.advanceTimersByTime(999);
    expect(await secrets.settle([DB])).toMatchObject([{ source: "cache" }]);
    vi.advanceTimersByTime(1);
    expect(await secrets.settle([DB])).toMatchObject([{ status: "unavailable" }]);
  });

  it("asks the store for a fresh value, and serves that from then on", async () => {
    const store = memoryStore({ db: ["1", "2", "3"] });
    await using secrets = resolverOf(store);
    await secrets.get(DB);
    expect((await secrets.get(DB, { fresh: true })).text()).toBe("2");
    expect((await secrets.get(DB)).text()).toBe("2");
  });

  it("can be turned off", async () => {
    const store = memoryStore({ db: ["1", "2"] });
    await using secrets = resolverOf(store, { cache: false });
    await secrets.get(DB);
    expect((await secrets.get(DB)).text()).toBe("2");
  });

  it.each([NOT_FOUND, DENIED, UNAVAILABLE])("keeps no failure: $status", async (failure) => {
    const store = memoryStore({ db: [failure, "1"] });
    await using secrets = resolverOf(store, { retry: NO_RETRIES });
    expect(await secrets.settle([DB])).toMatchObject([failure]);
    expect((await secrets.get(DB)).text()).toBe("1");
  });

  it("drops a value when its store says that it is gone or forbidden", async () => {
    for (const failure of [NOT_FOUND, DENIED]) {
      const store = memoryStore({ db: ["1", failure, "2"] });
      await using secrets = resolverOf(store);
      await secrets.get(DB);
      await secrets.settle([DB], { fresh: true });
      expect((await secrets.get(DB)).text()).toBe("2");
    }
  });

  it("keeps identities apart", async () => {
    const store = memoryStore(
      { db: (_request, { identity }) => (identity.kind === "self" ? "self" : identity.cacheKey) },
      { capabilities: { delegation: true } },
    );
    await using secrets = resolverOf(store);
    for (const _again of [1, 2])
      for (const name of ["a", "b"])
        expect((await secrets.get(DB, { identity: delegated(name) })).text()).toBe(name);
    expect((await secrets.get(DB)).text()).toBe("self");
    expect(store.calls).toHaveLength(3);
  });
});

describe("staleIfErrorMs", () => {
  const cache = { ttlMs: 1000, staleIfErrorMs: 5000 };

  it.each([UNAVAILABLE, THROTTLED])(
    "serves a value beyond its time while its store is $status",
    async (failure) => {
      const store = memoryStore({ db: ["1", failure, failure, "2"] });
      await using secrets = resolverOf(store, { cache, retry: NO_RETRIES });
      await secrets.get(DB);
      vi.advanceTimersByTime(1000);
      expect(await secrets.settle([DB])).toMatchObject([{ status: "found", source: "stale" }]);
      expect(await secrets.settle([DB])).toMatchObject([{ source: "stale" }]);
      expect((await secrets.get(DB)).text()).toBe("2");
    },
  );

  it("ends", async () => {
    const store = memoryStore({ db: ["1", UNAVAILABLE] });
    await using secrets = resolverOf(store, { cache, retry: NO_RETRIES });
    await secrets.get(DB);
    vi.advanceTimersByTime(6000);
    expect(await secrets.settle([DB])).toMatchObject([{ status: "unavailable" }]);
  });

  it("does not outlive the store's own word", async () => {
    const store = memoryStore({ db: ["1", DENIED, UNAVAILABLE] });
    await using secrets = resolverOf(store, { cache, retry: NO_RETRIES });
    await secrets.get(DB);
    vi.advanceTimersByTime(1000);
    expect(await secrets.settle([DB])).toMatchObject([{ status: "denied" }]);
    expect(await secrets.settle([DB])).toMatchObject([{ status: "unavailable" }]);
  });

  it("is not for those who want a fresh value, and not asked for by default", async () => {
    const store = memoryStore({ db: ["1", UNAVAILABLE] });
    await using serving = resolverOf(store, { cache, retry: NO_RETRIES });
    await serving.get(DB);
    expect(await serving.settle([DB], { fresh: true })).toMatchObject([{ status: "unavailable" }]);
    const other = memoryStore({ db: ["1", UNAVAILABLE] });
    await using plain = resolverOf(other, { cache: { ttlMs: 1000 }, retry: NO_RETRIES });
    await plain.get(DB);
    vi.advanceTimersByTime(1000);
    expect(await plain.settle([DB])).toMatchObject([{ status: "unavailable" }]);
  });

  it("serves also when the store does not answer in time", async () => {
    let answer: () => Promise<unknown> = () => Promise.resolve();
    const store = memoryStore({ db: "1" }, { latency: () => answer() });
    await using secrets = resolverOf(store, { cache, timeoutMs: 500 });
    await secrets.get(DB);
    vi.advanceTimersByTime(1000);
    answer = () => new Promise(() => undefined);
    const settled = secrets.settle([DB]);
    await vi.advanceTimersByTimeAsync(500);
    expect(await settled).toMatchObject([{ source: "stale" }]);
  });
});

describe("createSecretCache", () => {
  const record = (text: string): { value: SecretValue } => ({ value: SecretValue.fromText(text) });

  it("is bounded in entries and in bytes", () => {
    const few = createSecretCache({ ...DEFAULTS.cache, maxEntries: 2 });
    for (const key of ["a", "b", "c"]) few.store(key, record("x"), 0);
    expect(["a", "b", "c"].map((key) => few.fresh(key) !== undefined)).toEqual([false, true, true]);
    const small = createSecretCache({ ...DEFAULTS.cache, maxBytes: 10 });
    small.store("a", record("123456"), 0);
    small.store("b", { value: new Map([["x", SecretValue.fromText("123456")]]) }, 0);
    expect(["a", "b"].map((key) => small.fresh(key) !== undefined)).toEqual([false, true]);
    small.store("c", record("12345678901"), 0);
    expect(small.fresh("c")).toBeUndefined();
  });

  it("lets values leave memory when their time is over, though nobody asks", () => {
    const cache = createSecretCache({ ...DEFAULTS.cache, ttlMs: 1000, staleIfErrorMs: 500 });
    cache.store("a", record("x"), 0);
    vi.advanceTimersByTime(1000);
    cache.store("b", record("y"), 0);
    expect(cache.size).toBe(2);
    vi.advanceTimersByTime(500);
    expect(cache.size).toBe(1);
    expect(cache.fresh("b")).toBeDefined();
    vi.advanceTimersByTime(1500);
    expect([cache.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("takes times without end", () => {
    const cache = createSecretCache({ ...DEFAULTS.cache, ttlMs: Infinity });
    cache.store("a", record("x"), 0);
    vi.advanceTimersByTime(1e12);
    expect(cache.fresh("a")).toBeDefined();
    cache.clear();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps nothing that was read before it was cleared", () => {
    const cache = createSecretCache(DEFAULTS.cache);
    const { epoch } = cache;
    cache.clear();
    cache.store("a", record("x"), epoch);
    expect(cache.fresh("a")).toBeUndefined();
    cache.store("a", record("x"), cache.epoch);
    expect(cache.fresh("a")).toBeDefined();
  });
});
