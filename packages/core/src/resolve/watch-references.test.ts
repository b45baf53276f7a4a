import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WatchEvent } from "../provider/watch.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import { memoryStore, NOT_FOUND, recordingBus, resolverOf } from "./memory-provider.test-support.js";
import type { SecretChange } from "./secret-change.js";
import { pass, watching, follow, DB } from "./watch-references.test-support.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

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
