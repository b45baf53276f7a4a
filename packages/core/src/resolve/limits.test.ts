import { afterEach, describe, expect, it, vi } from "vitest";
import { DisposedError } from "../errors/disposed-error.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import { memoryStore, QUICK, recordingBus, resolverOf, UNAVAILABLE } from "./memory-provider.test-support.js";

const DB = "secret://prod/db";
const never = (): Promise<never> => new Promise(() => undefined);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  vi.useRealTimers();
});

describe("time", () => {
  it("of a request is thirty seconds by default, and of a try five", async () => {
    vi.useFakeTimers();
    const store = memoryStore({ db: "1" }, { latency: never });
    await using secrets = resolverOf(store, { retry: { ...QUICK, attempts: 100 } });
    const settled = secrets.settle([DB]);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(store.calls.map(({ context }) => context.signal.aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(2);
    expect(store.calls.map(({ context }) => context.signal.aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(await settled).toMatchObject([
      { status: "unavailable", reason: "deadline", message: "was not answered in time" },
    ]);
    expect(store.calls).toHaveLength(6);
    expect(store.calls.every(({ context }) => context.signal.aborted)).toBe(true);
    expect([vi.getTimerCount(), store.active]).toEqual([0, 0]);
  });

  it("that is over is no more than the reference's failure, of kind deadline", async () => {
    const store = memoryStore(
      { db: "1", other: "2" },
      { capabilities: { batchSize: 1 }, latency: ({ paths }) => (paths[0] === "db" ? never() : undefined) },
    );
    await using secrets = resolverOf(store, { timeoutMs: 20 });
    const outcomes = await secrets.settle([DB, "secret://prod/other"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["unavailable", "found"]);
    await expect(secrets.get(DB)).rejects.toMatchObject({ kind: "deadline" });
  });

  it("is kept also with a provider that ignores its signal, whose place is freed", async () => {
    vi.useFakeTimers();
    const store = memoryStore(
      { db: "1" },
      { latency: () => (store.calls.length === 1 ? never() : undefined), ignoresSignal: true },
    );
    await using secrets = resolverOf(store, { concurrency: 1, retry: { ...QUICK, attemptTimeoutMs: 100 } });
    const value = secrets.get(DB);
    await vi.advanceTimersByTimeAsync(110);
    expect((await value).text()).toBe("1");
    expect(store.calls).toHaveLength(2);
  });

  it("is each caller's own, and the call lasts as long as the most patient waits", async () => {
    vi.useFakeTimers();
    const answer = Promise.withResolvers<void>();
    const store = memoryStore({ db: "1" }, { latency: () => answer.promise });
    await using secrets = resolverOf(store, { retry: { attemptTimeoutMs: 60_000 } });
    const hasty = secrets.settle([DB], { timeoutMs: 100 });
    const patient = secrets.settle([DB], { timeoutMs: 50_000 });
    await vi.advanceTimersByTimeAsync(100);
    expect(await hasty).toMatchObject([{ reason: "deadline" }]);
    expect(store.calls[0]?.context.signal.aborted).toBe(false);
    expect(store.calls[0]?.context.deadline).toBe(Date.now() - 100 + 50_000);
    await vi.advanceTimersByTimeAsync(40_000);
    answer.resolve();
    expect(await patient).toMatchObject([{ status: "found" }]);
    expect(store.calls).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("may be without end", async () => {
    const store = memoryStore(
      { db: [UNAVAILABLE, "1"] },
      { latency: () => new Promise((resolve) => setTimeout(resolve, 5)) },
    );
    await using secrets = resolverOf(store, {
      timeoutMs: Infinity,
      retry: { ...QUICK, attemptTimeoutMs: Infinity },
    });
    expect((await secrets.get(DB)).text()).toBe("1");
  });

  it("is not spent on a pause that ends too late", async () => {
    vi.useFakeTimers();
    const store = memoryStore({ db: UNAVAILABLE });
    await using secrets = resolverOf(store, {
      retry: { baseDelayMs: 1e9, maxDelayMs: 1e9 },
      timeoutMs: 1000,
    });
    const random = vi.spyOn(Math, "random").mockReturnValue(0.5);
    expect(await secrets.settle([DB])).toMatchObject([UNAVAILABLE]);
    expect(random).toHaveBeenCalled();
    expect(store.calls).toHaveLength(1);
  });
});

describe("concurrency", () => {
  it.each<[string, object, number | undefined, number]>([
    ["eight by default", {}, undefined, 8],
    ["what is asked for", {}, 3, 3],
    ["no more than the store takes", { maxConcurrency: 2 }, 5, 2],
    ["no more than is asked for", { maxConcurrency: 5 }, 2, 2],
  ])("is bounded: %s", async (_name, capabilities, concurrency, bound) => {
    const paths = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const store = memoryStore(Object.fromEntries(paths.map((path) => [path, path])), {
      capabilities: { batchSize: 1, ...capabilities },
      latency: () => turn(),
    });
    await using secrets = resolverOf(store, concurrency === undefined ? {} : { concurrency });
    await secrets.getAll(paths.map((path) => `secret://prod/${path}` as const));
    expect(store.highWater).toBe(bound);
  });

  it("is each store's own, and no place is held during a pause", async () => {
    const stores = {
      a: memoryStore({ x: "1" }, { latency: never }),
      b: memoryStore({ x: [UNAVAILABLE, "1"], y: "2" }, { capabilities: { batchSize: 1 } }),
    };
    await using secrets = createSecretResolver({
      stores: { a: stores.a.definition, b: stores.b.definition },
      concurrency: 1,
      timeoutMs: 5000,
      retry: { baseDelayMs: 2000 },
    });
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const leaving = new AbortController();
    const stuck = secrets.get("secret://a/x", { signal: leaving.signal });
    const pausing = secrets.get("secret://b/x", { signal: leaving.signal });
    expect((await secrets.get("secret://b/y")).text()).toBe("2");
    leaving.abort(new Error("enough"));
    await expect(Promise.all([stuck, pausing])).rejects.toThrow("enough");
  });
});

describe("a caller who aborts", () => {
  it("before the call, costs nothing", async () => {
    const store = memoryStore({ db: "1" });
    await using secrets = resolverOf(store);
    const signal = AbortSignal.abort(new Error("never mind"));
    await expect(secrets.get(DB, { signal })).rejects.toThrow("never mind");
    await expect(secrets.settle([DB], { signal })).rejects.toThrow("never mind");
    await turn();
    expect(store.created).toBe(0);
  });

  it("in the same turn, costs nothing either", async () => {
    const store = memoryStore({ db: "1" });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const left = secrets.get(DB, { signal: leaving.signal });
    leaving.abort(new Error("never mind"));
    await expect(left).rejects.toThrow("never mind");
    await turn();
    expect(store.created).toBe(0);
    expect((await secrets.get(DB)).text()).toBe("1");
  });

  it("in the same turn, does not take those with it who come then", async () => {
    const store = memoryStore({ db: "1" });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const left = secrets.get(DB, { signal: leaving.signal });
    leaving.abort(new Error("never mind"));
    const [outcome, value] = await Promise.allSettled([left, left.catch(() => secrets.get(DB))]);
    expect(outcome.status).toBe("rejected");
    expect(value.status === "fulfilled" && value.value.text()).toBe("1");
    expect(store.calls).toHaveLength(1);
  });

  it("during the call, stops it if nobody else waits", async () => {
    const store = memoryStore({ db: "1" }, { latency: never });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const left = secrets.getAll([DB, "secret://prod/other"], { signal: leaving.signal });
    await vi.waitFor(() => expect(store.active).toBe(1));
    leaving.abort(new Error("never mind"));
    await expect(left).rejects.toThrow("never mind");
    await turn();
    expect([store.calls[0]?.context.signal.aborted, store.active]).toEqual([true, 0]);
  });

  it("during the call, leaves it to the others who wait", async () => {
    const answer = Promise.withResolvers<void>();
    const store = memoryStore({ db: "1" }, { latency: () => answer.promise });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const left = secrets.get(DB, { signal: leaving.signal });
    const staying = secrets.get(DB);
    await vi.waitFor(() => expect(store.active).toBe(1));
    leaving.abort(new Error("never mind"));
    await expect(left).rejects.toThrow("never mind");
    const joining = secrets.get(DB);
    answer.resolve();
    expect([(await staying).text(), (await joining).text()]).toEqual(["1", "1"]);
    expect(store.calls).toHaveLength(1);
  });

  it("during a pause, ends it", async () => {
    const store = memoryStore({ db: UNAVAILABLE });
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, {
      events: bus,
      retry: { baseDelayMs: 20_000, maxDelayMs: 20_000 },
    });
    vi.spyOn(Math, "random").mockReturnValue(0.9);
    const leaving = new AbortController();
    const left = secrets.get(DB, { signal: leaving.signal });
    await vi.waitFor(() => expect(said.map(({ name }) => name)).toContain("retry-scheduled"));
    leaving.abort(new Error("never mind"));
    await expect(left).rejects.toThrow("never mind");
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBeLessThanOrEqual(
      2,
    );
  });

  it("after the call, changes nothing", async () => {
    const store = memoryStore({ db: "1" });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const removed = vi.spyOn(leaving.signal, "removeEventListener");
    const value = await secrets.get(DB, { signal: leaving.signal });
    leaving.abort(new Error("too late"));
    expect(value.text()).toBe("1");
    expect(removed).toHaveBeenCalledOnce();
    expect((await secrets.get(DB)).text()).toBe("1");
  });
});

describe("disposal", () => {
  it("during a read rejects it, aborts it, and closes the provider once", async () => {
    const store = memoryStore({ db: "1" }, { latency: never });
    const secrets = resolverOf(store);
    const read = secrets.get(DB);
    await vi.waitFor(() => expect(store.active).toBe(1));
    const closings = [secrets[Symbol.asyncDispose](), secrets[Symbol.asyncDispose]()];
    await expect(read).rejects.toBeInstanceOf(DisposedError);
    await Promise.all(closings);
    await secrets[Symbol.asyncDispose]();
    expect([store.calls[0]?.context.signal.aborted, store.active, store.closed]).toEqual([true, 0, 1]);
  });

  it("in the same turn as a read creates no provider that nobody closes", async () => {
    const store = memoryStore({ db: "1" });
    const secrets = resolverOf(store);
    const read = secrets.get(DB);
    const closing = secrets[Symbol.asyncDispose]();
    await expect(read).rejects.toBeInstanceOf(DisposedError);
    await closing;
    await turn();
    expect([store.created, store.closed]).toEqual([0, 0]);
  });

  it("rejects all that comes after it, and creates nothing", async () => {
    const verbs = { put: never, delete: never, check: never, list: () => (async function* () {})() };
    const store = memoryStore(
      { db: "1" },
      {
        capabilities: {
          put: { ifAbsent: true, ifVersion: true },
          delete: { ifVersion: true },
          check: true,
          list: { carriesVersion: false },
        },
        verbs,
      },
    );
    const secrets = resolverOf(store);
    await secrets[Symbol.asyncDispose]();
    const value = (await import("../value/secret-value.js")).SecretValue.fromText("x");
    const attempts = [
      () => secrets.get(DB),
      () => secrets.getAll([DB]),
      () => secrets.settle([DB]),
      () => secrets.put("prod", { path: "db", value }),
      () => secrets.delete("prod", { path: "db" }),
      () => secrets.check("prod"),
      () => Array.fromAsync(secrets.list("prod")),
      () => Array.fromAsync(secrets.watch([DB])),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(DisposedError);
    expect([store.created, store.closed]).toEqual([0, 0]);
  });

  it("closes every provider, and tells which could not be", async () => {
    const failing = (message: string): ReturnType<typeof memoryStore>["definition"] => ({
      ...memoryStore().definition,
      create: () => ({
        resolve: async () => [],
        [Symbol.asyncDispose]: () => Promise.reject(new Error(message)),
      }),
    });
    const good = memoryStore({ x: "1" });
    const one = createSecretResolver({ stores: { bad: failing("first"), good: good.definition } });
    await one.settle(["secret://bad/x", "secret://good/x"]);
    await expect(one[Symbol.asyncDispose]()).rejects.toThrow("first");
    expect(good.closed).toBe(1);
    const two = createSecretResolver({ stores: { bad: failing("first"), worse: failing("second") } });
    await two.settle(["secret://bad/x", "secret://worse/x"]);
    await expect(two[Symbol.asyncDispose]()).rejects.toMatchObject({
      errors: [{ message: "first" }, { message: "second" }],
    });
  });

  it("leaves nothing behind", async () => {
    vi.useFakeTimers();
    const store = memoryStore({ db: "1" });
    {
      await using secrets = resolverOf(store);
      await secrets.get(DB);
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
