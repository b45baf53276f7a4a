import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  DENIED,
  found,
  memoryStore,
  NOT_FOUND,
  recordingBus,
  resolverOf,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";
import type { SecretChange } from "./secret-change.js";

const DB = "secret://prod/db";
const VOLATILE = `${DB}?volatile=true`;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Follows a watch until the test is over, whose resolver ends it. */
function follow(changes: AsyncIterable<SecretChange>): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const { label, kind, value } of changes) seen.push(`${label} ${kind} ${value?.text() ?? ""}`);
  })();
  return seen;
}

const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

describe("a watch that is told what is known", () => {
  it("yields what differs from that at its first look", async () => {
    const store = memoryStore({ a: ["1", "2"], b: "1", c: ["1", NOT_FOUND], d: [NOT_FOUND, "1"] });
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { events: bus, cache: { ttlMs: 0 } });
    const references = {
      a: "secret://prod/a",
      b: "secret://prod/b",
      c: "secret://prod/c",
      d: "secret://prod/d",
    } as const;
    const known = await secrets.settle(references);
    const seen = follow(secrets.watch(references, { known }));
    await pass(0);
    expect(seen).toEqual(["a changed 2", "c deleted ", "d changed 1"]);
    expect(said.filter(({ name }) => name === "secret-changed")).toHaveLength(3);
    await pass(60_000);
    expect(seen).toHaveLength(3);
  });

  it("takes it by position where references have no names, and only for those it is of", async () => {
    const store = memoryStore({ a: ["1", "2"], b: ["2", "3"] });
    await using secrets = resolverOf(store, { cache: { ttlMs: 0 } });
    const known = await secrets.settle(["secret://prod/a"]);
    const seen = follow(secrets.watch(["secret://prod/a", "secret://prod/b"], { known }));
    await pass(0);
    expect(seen).toEqual(["0 changed 2"]);
  });

  it("yields it when a store answers that did not", async () => {
    const store = memoryStore({ a: ["1", UNAVAILABLE, "2"], b: [DENIED, "1"] });
    await using secrets = resolverOf(store, { cache: { ttlMs: 0 }, retry: { attempts: 1 } });
    const references = { a: "secret://prod/a", b: "secret://prod/b" } as const;
    const known = await secrets.settle(references);
    const seen = follow(secrets.watch(references, { known }));
    await pass(0);
    expect(seen).toEqual(["b changed 1"]);
    await pass(5_000);
    expect(seen).toEqual(["b changed 1", "a changed 2"]);
  });

  it("issues nothing anew that is in hand, until it is about to end", async () => {
    let issued = 0;
    const store = memoryStore({
      db: () => found(`issued-${(issued += 1)}`, { expiresAt: Date.now() + 60_000 }),
    });
    await using secrets = resolverOf(store);
    const known = await secrets.settle({ db: VOLATILE });
    const seen = follow(secrets.watch({ db: VOLATILE }, { known }));
    await pass(35_000);
    expect(issued).toBe(1);
    await pass(10_000);
    expect([issued, seen]).toEqual([2, ["db changed issued-2"]]);
  });

  it("issues anew at once what is known by a lease that is over", async () => {
    const store = memoryStore({ db: "issued" });
    await using secrets = resolverOf(store);
    const [outcome] = await secrets.settle([VOLATILE]);
    if (outcome.status !== "found") throw new Error(outcome.reason);
    const known = [{ ...outcome, lease: { id: "over", ttlMs: 1, renewable: false } }];
    follow(secrets.watch([VOLATILE], { known }));
    await pass(0);
    expect(store.asked).toEqual(["db", "db"]);
  });
});
