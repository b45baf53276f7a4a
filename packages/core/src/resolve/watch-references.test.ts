import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WatchEvent } from "../provider/watch.js";
import {
  DENIED,
  memoryStore,
  type MemoryStore,
  NOT_FOUND,
  QUICK,
  recordingBus,
  resolverOf,
  type Script,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";
import type { SecretChange } from "./secret-change.js";
import { createSecretResolver } from "./create-secret-resolver.js";

const DB = "secret://prod/db";
const ONE_TRY = { retry: { ...QUICK, attempts: 1 } };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

/** A provider's watch that tests speak for. */
class WatchScript {
  readonly started: { readonly paths: readonly string[]; readonly signal: AbortSignal }[] = [];
  #waiting = Promise.withResolvers<void>();
  #events: (WatchEvent | Error)[] = [];

  say(...events: (WatchEvent | Error)[]): void {
    this.#events.push(...events);
    this.#waiting.resolve();
  }

  readonly watch = async function* (
    this: WatchScript,
    { paths }: { readonly paths: readonly string[] },
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<WatchEvent> {
    this.started.push({ paths, signal });
    yield { kind: "resync" };
    for (;;) {
      for (const event of this.#events.splice(0)) {
        if (event instanceof Error) throw event;
        yield event;
      }
      this.#waiting = Promise.withResolvers();
      await this.#waiting.promise;
    }
  }.bind(this);
}

function watching(scripts: Record<string, Script>): { store: MemoryStore; script: WatchScript } {
  const script = new WatchScript();
  return {
    script,
    store: memoryStore(scripts, { capabilities: { watch: true }, verbs: { watch: script.watch } }),
  };
}

/** Follows a watch from its first `next()` on. */
function follow(changes: AsyncIterable<SecretChange>): { seen: string[]; ended: Promise<void> } {
  const seen: string[] = [];
  const ended = (async () => {
    for await (const { label, kind, value, version } of changes)
      seen.push([label, kind, value?.text(), version].filter((part) => part !== undefined).join(" "));
  })();
  return { seen, ended };
}

describe("a watch of a provider that tells", () => {
  it("yields what differs from the first look on, under its label", async () => {
    const { store, script } = watching({ db: ["1", "1", "2"], key: "k" });
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { events: bus });
    const { seen } = follow(secrets.watch({ url: DB, same: DB, key: "secret://prod/key" }));
    await pass(0);
    expect(seen).toEqual([]);
    expect(script.started.map(({ paths }) => paths)).toEqual([["db", "key"]]);
    script.say({ kind: "changed", path: "db" }, { kind: "changed", path: "unknown" });
    await pass(0);
    expect(seen).toEqual(["url changed 2", "same changed 2"]);
    // The first look, the resync's, and the change's: both labels in one read.
    expect(store.asked).toEqual(["db", "key", "db", "key", "db"]);
    expect(said.filter(({ name }) => name === "secret-changed").map(({ event }) => event)).toEqual([
      { reference: DB, store: "prod", kind: "changed" },
      { reference: DB, store: "prod", kind: "changed" },
    ]);
  });

  it("compares what is asked for, not the secret around it", async () => {
    const { store, script } = watching({ db: ['{"a":1,"b":1}', '{"a":1,"b":1}', '{"a":1,"b":2}'] });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([`${DB}#a`, `${DB}#b`]));
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    await pass(0);
    expect(seen).toEqual(["1 changed 2"]);
  });

  it("sees a value come, go and come again", async () => {
    const { store, script } = watching({ db: NOT_FOUND });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([DB]));
    await pass(0);
    for (const next of ["1", NOT_FOUND, NOT_FOUND, "1"]) {
      store.scripts.set("db", next);
      script.say({ kind: next === NOT_FOUND ? "deleted" : "changed", path: "db" });
      await pass(0);
    }
    expect(seen).toEqual(["0 changed 1", "0 deleted", "0 changed 1"]);
  });

  it("looks at everything after a resync", async () => {
    const { store, script } = watching({ a: ["1", "1", "2"], b: ["1", "1", "2"] });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch({ a: "secret://prod/a", b: "secret://prod/b" }));
    await pass(0);
    script.say({ kind: "resync" });
    await pass(0);
    expect(seen).toEqual(["a changed 2", "b changed 2"]);
  });

  it("misses nothing that changed while a change was looked at", async () => {
    const slow = Promise.withResolvers<string>();
    const { store, script } = watching({ db: ["1", "1", () => slow.promise, "3"] });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([DB]));
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    await pass(0);
    slow.resolve("2");
    await pass(0);
    expect(seen).toEqual(["0 changed 2", "0 changed 3"]);
  });

  it("starts again after it failed or ended", async () => {
    const { store, script } = watching({ db: ["1", "1", "1", "2"] });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([DB]));
    await pass(0);
    script.say(new Error("connection lost"));
    await pass(200);
    expect(script.started).toHaveLength(2);
    script.say({ kind: "changed", path: "db" });
    await pass(0);
    expect(seen).toEqual(["0 changed 2"]);
  });

  it("is looked at by time if it never comes to stand, and not more often", async () => {
    const watch = vi.fn<() => AsyncIterable<WatchEvent>>(() => {
      throw new Error("forbidden");
    });
    const store = memoryStore({ db: ["1", "2"] }, { capabilities: { watch: true }, verbs: { watch } });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([DB], { pollIntervalMs: 60_000 }));
    await pass(65_000);
    expect(seen).toEqual(["0 changed 2"]);
    expect(store.calls).toHaveLength(2);
    await pass(600_000);
    expect(store.calls.length).toBeLessThanOrEqual(12);
    expect(watch.mock.calls.length).toBeGreaterThan(100);
  });

  it("is looked at by time if it is declared and not there", async () => {
    const store = memoryStore({ db: ["1", "2"] }, { capabilities: { watch: true } });
    await using secrets = resolverOf(store);
    const { seen } = follow(secrets.watch([DB]));
    await pass(40_000);
    expect(seen).toEqual(["0 changed 2"]);
  });
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

describe("a watch ends", () => {
  it("when its signal aborts", async () => {
    const { store, script } = watching({ db: "1" });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const { ended } = follow(secrets.watch([DB], { signal: leaving.signal }));
    await pass(0);
    leaving.abort(new Error("enough"));
    await ended;
    await pass(0);
    expect(script.started[0]?.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("before it began, if its signal has aborted", async () => {
    const store = memoryStore({ db: "1" });
    await using secrets = resolverOf(store);
    await follow(secrets.watch([DB], { signal: AbortSignal.abort() })).ended;
    expect(store.created).toBe(0);
  });

  it("when its consumer leaves", async () => {
    const { store, script } = watching({ db: ["1", "1", "2"] });
    await using secrets = resolverOf(store);
    const first = (async () => {
      for await (const { kind } of secrets.watch([DB])) return kind;
      return undefined;
    })();
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    expect(await first).toBe("changed");
    await pass(0);
    expect(script.started[0]?.signal.aborted).toBe(true);
  });

  it("on return(), though a next() is pending", async () => {
    const { store, script } = watching({ db: "1" });
    await using secrets = resolverOf(store);
    const changes = secrets.watch([DB])[Symbol.asyncIterator]();
    const pending = changes.next();
    await pass(0);
    await changes.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    await pass(0);
    expect(script.started[0]?.signal.aborted).toBe(true);
  });

  it("when the resolver is disposed", async () => {
    const { store, script } = watching({ db: "1" });
    const secrets = resolverOf(store);
    const { ended } = follow(secrets.watch([DB]));
    await pass(0);
    await secrets[Symbol.asyncDispose]();
    await ended;
    await pass(0);
    expect([script.started[0]?.signal.aborted, store.closed, vi.getTimerCount()]).toEqual([true, 1, 0]);
  });

  it("with an error for a malformed reference", async () => {
    await using secrets = resolverOf(memoryStore());
    await expect(follow(secrets.watch(["secret://prod/d b"])).ended).rejects.toThrow("not percent-encoded");
  });
});

describe("a watch of several stores", () => {
  it("tells of one store's changes at once while another does not answer", async () => {
    const told = watching({ db: ["1", "1", "2"] });
    const silent = memoryStore({ db: "1" }, { latency: () => new Promise(() => undefined) });
    await using secrets = createSecretResolver({
      stores: { told: told.store.definition, silent: silent.definition },
    });
    const { seen } = follow(secrets.watch({ silent: "secret://silent/db", told: "secret://told/db" }));
    await pass(0);
    told.script.say({ kind: "changed", path: "db" });
    await pass(0);
    expect(seen).toEqual(["told changed 2"]);
    expect(silent.active).toBe(1);
  });

  it("waits for its consumer before it looks again", async () => {
    const store = memoryStore({ db: ["1", "2", "3", "4"] });
    await using secrets = resolverOf(store);
    const changes = secrets.watch([DB], { pollIntervalMs: 1000 })[Symbol.asyncIterator]();
    const first = changes.next();
    await pass(10_000);
    expect((await first).value).toMatchObject({ kind: "changed" });
    // One was taken; the next waits to be.
    expect(store.calls).toHaveLength(3);
    const next = [changes.next(), changes.next()];
    await pass(1_200);
    expect((await Promise.all(next)).map(({ value }) => (value as SecretChange).value?.text())).toEqual([
      "3",
      "4",
    ]);
    await changes.return?.();
  });

  it("ends with the fault of one of them, whatever the others do", async () => {
    const store = memoryStore({ db: "1" });
    const { bus } = recordingBus();
    const broken = {
      ...bus,
      on: () => {
        throw new Error("broken bus");
      },
    };
    await using secrets = resolverOf(store, { events: broken });
    await expect(follow(secrets.watch([DB])).ended).rejects.toThrow("broken bus");
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("watches", () => {
  it("of several stores go on beside each other, and one iterable can be followed twice", async () => {
    const told = watching({ db: ["1", "1", "1", "1", "2"] });
    const timed = memoryStore({ db: ["1", "1", "2"] });
    await using secrets = createSecretResolver({
      stores: { told: told.store.definition, timed: timed.definition },
    });
    const changes = secrets.watch({ told: "secret://told/db", timed: "secret://timed/db" });
    const [one, two] = [follow(changes), follow(changes)];
    await pass(0);
    told.script.say({ kind: "changed", path: "db" });
    await pass(40_000);
    expect(told.script.started).toHaveLength(2);
    expect([...one.seen, ...two.seen].filter((change) => change === "told changed 2").length).toBeGreaterThan(
      0,
    );
    expect([...one.seen, ...two.seen]).toContain("timed changed 2");
  });
});
