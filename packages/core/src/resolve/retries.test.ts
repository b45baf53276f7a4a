import { afterEach, describe, expect, it, vi } from "vitest";
import { SluiceError } from "../errors/sluice-error.js";
import { StoreError } from "../errors/store-error.js";
import {
  DENIED,
  memoryStore,
  NOT_FOUND,
  recordingBus,
  resolverOf,
  type Step,
  THROTTLED,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";
import { retryDelay } from "./retry-delay.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("retries", () => {
  it("ask again for what may succeed, and only for that", async () => {
    const store = memoryStore({
      ok: "1",
      throttled: [THROTTLED, THROTTLED, "2"],
      down: [UNAVAILABLE, "3"],
      none: NOT_FOUND,
      denied: [DENIED, "no"],
    });
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { events: bus });
    const paths = ["ok", "throttled", "down", "none", "denied"] as const;
    const outcomes = await secrets.settle(paths.map((path) => `secret://prod/${path}` as const));
    expect(outcomes.map(({ status }) => status)).toEqual(["found", "found", "found", "not-found", "denied"]);
    expect(store.calls.map((call) => call.paths)).toEqual([[...paths], ["throttled", "down"], ["throttled"]]);
    expect(said.filter(({ name }) => name === "retry-scheduled").map(({ event }) => event)).toEqual([
      { store: "prod", requests: 2, attempt: 2, delayMs: 0, traceId: expect.any(String) as string },
      { store: "prod", requests: 1, attempt: 3, delayMs: 0, traceId: expect.any(String) as string },
    ]);
    const attempts = said.filter(({ name }) => name === "provider-called").map(({ event }) => event);
    expect(attempts).toMatchObject([
      { attempt: 1, found: 1 },
      { attempt: 2, found: 1 },
      { attempt: 3, found: 1 },
    ]);
  });

  it("deliver each outcome as soon as it is final", async () => {
    const again = Promise.withResolvers<string>();
    const store = memoryStore({ ok: "1", slow: [UNAVAILABLE, () => again.promise] });
    await using secrets = resolverOf(store);
    const slow = secrets.get("secret://prod/slow");
    expect((await secrets.get("secret://prod/ok")).text()).toBe("1");
    again.resolve("2");
    expect((await slow).text()).toBe("2");
    expect(store.calls.map((call) => call.paths)).toEqual([["slow", "ok"], ["slow"]]);
  });

  it("end with the last try's outcome: four tries by default", async () => {
    vi.useFakeTimers();
    const store = memoryStore({
      down: [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, { ...UNAVAILABLE, reason: "last" }, "late"],
    });
    await using secrets = resolverOf(store, { retry: {} });
    const settled = secrets.settle(["secret://prod/down"]);
    await vi.advanceTimersByTimeAsync(200 + 400 + 800);
    expect(await settled).toMatchObject([{ status: "unavailable", reason: "last" }]);
    expect(store.calls).toHaveLength(4);
  });

  it("make as many tries as they are told", async () => {
    const store = memoryStore({ down: UNAVAILABLE });
    await using secrets = resolverOf(store, { retry: { attempts: 1 } });
    await secrets.settle(["secret://prod/down"]);
    expect(store.calls).toHaveLength(1);
  });

  it("wait at least as long as the store asked", async () => {
    vi.useFakeTimers();
    const store = memoryStore({ a: [{ ...THROTTLED, retryAfterMs: 7000 }, "1"], b: [UNAVAILABLE, "2"] });
    await using secrets = resolverOf(store, { retry: { baseDelayMs: 100 } });
    const settled = secrets.settle(["secret://prod/a", "secret://prod/b"]);
    await vi.advanceTimersByTimeAsync(6999);
    expect(store.calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(101);
    expect((await settled).map(({ status }) => status)).toEqual(["found", "found"]);
    expect(store.calls).toHaveLength(2);
  });

  it("are given up for what may be asked again only when time is up, and for nothing else", async () => {
    const store = memoryStore({
      busy: [{ ...THROTTLED, retryAfterMs: 60_000 }, "late"],
      down: [UNAVAILABLE, "2"],
    });
    await using secrets = resolverOf(store, { timeoutMs: 30_000 });
    const start = performance.now();
    const outcomes = await secrets.settle(["secret://prod/busy", "secret://prod/down"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["throttled", "found"]);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it.each<[string, () => never, object]>([
    [
      "a foreign error: unavailable",
      () => {
        throw Object.assign(new Error("hunter2"), { code: "ECONNRESET" });
      },
      { status: "unavailable", reason: "ECONNRESET", message: "failed in the store's provider (ECONNRESET)" },
    ],
    [
      "its store's failure: as it says",
      () => {
        throw new StoreError("prod", THROTTLED);
      },
      THROTTLED,
    ],
  ])("follow a call that throws %s", async (_name, fail, expected) => {
    const always = memoryStore({ db: fail });
    const twice = memoryStore({ a: [fail, fail, "1"], b: "2" });
    await using one = resolverOf(always);
    await using two = resolverOf(twice);
    const [outcome] = await one.settle(["secret://prod/db"]);
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    expect(always.calls).toHaveLength(4);
    const outcomes = await two.settle(["secret://prod/a", "secret://prod/b"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["found", "found"]);
  });

  it("do not follow an error of ours: trying again does not mend it", async () => {
    const store = memoryStore({
      db: () => {
        throw new SluiceError({
          code: "SLU1103",
          kind: "configuration",
          problem: "No vault",
          remedy: "Name one",
        });
      },
    });
    await using secrets = resolverOf(store);
    expect(await secrets.settle(["secret://prod/db"])).toMatchObject([
      { status: "invalid", reason: "SLU1103" },
    ]);
    expect(store.calls).toHaveLength(1);
  });

  it("survive an error that cannot even be named", async () => {
    const thrown = Object.assign(new Error("hunter2"), { code: Object.create(null) as object, name: "" });
    const fail: Step = () => {
      throw thrown;
    };
    await using secrets = resolverOf(memoryStore({ db: fail }));
    expect(await secrets.settle(["secret://prod/db"])).toMatchObject([
      { status: "unavailable", reason: "Error" },
    ]);
  });
});

describe("retryDelay", () => {
  const retry = { attempts: 4, attemptTimeoutMs: 1, baseDelayMs: 200, maxDelayMs: 5000 };

  it.each([
    [1, 0, 1, 200],
    [2, 0, 1, 400],
    [3, 0, 0.5, 400],
    [6, 0, 1, 5000],
    [60, 0, 1, 5000],
    [5000, 0, 1, 5000],
    [1, 0, 0, 0],
    [1, 3000, 0.5, 3100],
  ])("after try %i, asked to wait %i, at chance %d, is %i", (attempt, retryAfterMs, random, delayMs) => {
    expect(retryDelay(attempt, retryAfterMs, retry, random)).toBe(delayMs);
  });
});
