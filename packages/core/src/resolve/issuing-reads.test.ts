import { describe, expect, it, type Mock, vi } from "vitest";
import type { SecretProvider } from "../provider/secret-provider.js";
import {
  delegated,
  found,
  memoryStore,
  type MemoryStoreOptions,
  QUICK,
  recordingBus,
  resolverOf,
  THROTTLED,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";

type Revoke = NonNullable<SecretProvider["revokeLease"]>;

const VOLATILE = "secret://prod/db?volatile=true";
/** Another value each time, as an issuing read gives. */
const issuing = (): (() => string) => {
  let count = 0;
  return () => `issued-${(count += 1)}`;
};

describe("a volatile read", () => {
  it("is never cached, and never shared across calls", async () => {
    const store = memoryStore({ db: issuing() });
    await using secrets = resolverOf(store);
    const [first, second] = await Promise.all([secrets.get(VOLATILE), secrets.get(VOLATILE)]);
    const third = await secrets.get(VOLATILE);
    expect([first, second, third].map((value) => value.text())).toEqual(["issued-1", "issued-2", "issued-3"]);
    // Both of one turn leave together, as requests of their own.
    expect(store.calls.map(({ paths }) => paths)).toEqual([["db", "db"], ["db"]]);
  });

  it("serves several keys of one path within one call, for a pair must come from one", async () => {
    const store = memoryStore({
      db: [found('{"user":"u1","password":"p1"}'), found('{"user":"u2","password":"p2"}')],
    });
    await using secrets = resolverOf(store);
    const { user, password } = await secrets.getAll({
      user: "secret://prod/db?volatile=true#user",
      password: "secret://prod/db?volatile=true#password",
    });
    expect([user.text(), password.text()]).toEqual(["u1", "p1"]);
    expect(store.asked).toEqual(["db"]);
  });

  it("is kept apart from plain reads of the same path, also in a call that wants fresh values", async () => {
    const store = memoryStore({ db: issuing() });
    await using secrets = resolverOf(store);
    for (const fresh of [false, true]) {
      const values = await secrets.getAll(["secret://prod/db", VOLATILE], { fresh });
      expect(new Set(values.map((value) => value.text())).size).toBe(2);
    }
    expect(store.calls.map(({ requests }) => requests.map(({ volatile }) => volatile))).toEqual([
      [false, true],
      [false, true],
    ]);
    // What is cached is the plain read's.
    expect((await secrets.get("secret://prod/db")).text()).toBe("issued-3");
  });

  it("is not sent again after it may have been carried out", async () => {
    const store = memoryStore({ db: [UNAVAILABLE, "late"], plain: [UNAVAILABLE, "1"] });
    await using secrets = resolverOf(store);
    const outcomes = await secrets.settle([VOLATILE, "secret://prod/plain"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["unavailable", "found"]);
    expect(store.asked).toEqual(["db", "plain", "plain"]);
  });

  it.each<[string, MemoryStoreOptions]>([
    ["threw", { latency: () => Promise.reject(new Error("reset")) }],
    ["took too long", { latency: () => new Promise(() => undefined) }],
  ])("is not sent again after a call that %s", async (_name, options) => {
    const store = memoryStore({ db: "late" }, options);
    await using secrets = resolverOf(store, { retry: { ...QUICK, attemptTimeoutMs: 20 } });
    expect(await secrets.settle([VOLATILE])).toMatchObject([{ status: "unavailable" }]);
    expect(store.calls).toHaveLength(1);
  });

  it("is sent again after it was throttled: nothing was done", async () => {
    const store = memoryStore({ db: [THROTTLED, THROTTLED, "1"] });
    await using secrets = resolverOf(store);
    expect((await secrets.get(VOLATILE)).text()).toBe("1");
    expect(store.calls).toHaveLength(3);
  });

  it("is not sent for somebody who has left while it waited for its place", async () => {
    const gate = Promise.withResolvers<void>();
    const store = memoryStore(
      { first: "1", db: "issued", other: "2" },
      { latency: ({ paths }) => (paths.includes("first") ? gate.promise : undefined) },
    );
    await using secrets = resolverOf(store, { concurrency: 1 });
    const first = secrets.get("secret://prod/first");
    await vi.waitFor(() => expect(store.calls).toHaveLength(1));
    const leaving = new AbortController();
    const volatile = secrets.get(VOLATILE, { signal: leaving.signal });
    const other = secrets.get("secret://prod/other");
    leaving.abort(new Error("left"));
    await expect(volatile).rejects.toThrow("left");
    gate.resolve();
    expect((await first).text()).toBe("1");
    expect((await other).text()).toBe("2");
    expect(store.asked).toEqual(["first", "other"]);
  });
});

describe("leases", () => {
  const lease = (id: string, ttlMs = 60_000): ReturnType<typeof found> =>
    found(`value of ${id}`, { lease: { id, ttlMs, renewable: false } });
  const revoking = (): Mock<Revoke> => vi.fn<Revoke>(async () => ({ status: "revoked" }));
  const capabilities = { leases: { renew: false, revoke: true }, delegation: true } as const;

  it("are never cached, and revoked on disposal, as whom they were taken for", async () => {
    const revokeLease = revoking();
    const store = memoryStore(
      { db: [lease("l1"), lease("l2"), lease("l3")] },
      { capabilities, verbs: { revokeLease } },
    );
    const { bus, said } = recordingBus();
    const web = delegated("web");
    {
      await using secrets = resolverOf(store, { events: bus });
      await secrets.get("secret://prod/db");
      await secrets.get("secret://prod/db");
      await secrets.get(VOLATILE, { identity: web });
      expect(store.calls).toHaveLength(3);
      expect(revokeLease).not.toHaveBeenCalled();
    }
    expect(revokeLease.mock.calls.map(([id, { identity }]) => [id, identity])).toEqual([
      ["l1", { kind: "self" }],
      ["l2", { kind: "self" }],
      ["l3", web],
    ]);
    expect(said.filter(({ name }) => name === "lease-revoked").map(({ event }) => event)).toEqual([
      { store: "prod", leaseId: "l1", outcome: "revoked" },
      { store: "prod", leaseId: "l2", outcome: "revoked" },
      { store: "prod", leaseId: "l3", outcome: "revoked" },
    ]);
    expect(store.closed).toBe(1);
  });

  it("of others are left alone", async () => {
    const revokeLease = revoking();
    const store = memoryStore({ a: lease("l1"), b: lease("l2") }, { capabilities, verbs: { revokeLease } });
    await using theirs = resolverOf(store);
    await theirs.get("secret://prod/b");
    {
      await using ours = resolverOf(store);
      await ours.get("secret://prod/a");
    }
    expect(revokeLease.mock.calls.map(([id]) => id)).toEqual(["l1"]);
  });

  it("are revoked also when nobody waited for the answer any more", async () => {
    const revokeLease = revoking();
    const gate = Promise.withResolvers<void>();
    const store = memoryStore(
      { db: lease("l1") },
      { capabilities, verbs: { revokeLease }, latency: () => gate.promise, ignoresSignal: true },
    );
    {
      await using secrets = resolverOf(store);
      const leaving = new AbortController();
      const read = secrets.get(VOLATILE, { signal: leaving.signal });
      await vi.waitFor(() => expect(store.calls).toHaveLength(1));
      leaving.abort(new Error("left"));
      await expect(read).rejects.toThrow("left");
      gate.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(revokeLease).toHaveBeenCalledOnce();
  });

  it.each<[string, MemoryStoreOptions, string | undefined]>([
    [
      "cannot",
      { capabilities: { leases: { renew: true, revoke: false } }, verbs: { revokeLease: revoking() } },
      undefined,
    ],
    ["declares what it lacks", { capabilities }, "unsupported"],
    [
      "refuses",
      { capabilities, verbs: { revokeLease: async () => ({ status: "denied", reason: "no" }) } },
      "denied",
    ],
    [
      "throws",
      { capabilities, verbs: { revokeLease: () => Promise.reject(new Error("no")) } },
      "unavailable",
    ],
    [
      "answers nonsense",
      { capabilities, verbs: { revokeLease: async () => ({ status: "ok" }) as never } },
      "invalid",
    ],
  ])("do not keep a resolver from closing where its provider %s", async (_name, options, outcome) => {
    const store = memoryStore({ db: lease("l1") }, options);
    const { bus, said } = recordingBus();
    {
      await using secrets = resolverOf(store, { events: bus });
      await secrets.get("secret://prod/db");
    }
    const told = said.filter(({ name }) => name === "lease-revoked").map(({ event }) => event);
    expect(told).toEqual(outcome === undefined ? [] : [{ store: "prod", leaseId: "l1", outcome }]);
    expect(store.closed).toBe(1);
  });

  it("do not keep a resolver from closing where its provider hangs", async () => {
    vi.useFakeTimers();
    const store = memoryStore(
      { db: lease("l1") },
      { capabilities, verbs: { revokeLease: () => new Promise(() => undefined) } },
    );
    const secrets = resolverOf(store);
    await secrets.get("secret://prod/db");
    const closing = secrets[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(5000);
    await closing;
    expect(store.closed).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
