import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventBus } from "../events/event-bus.js";
import { SELF } from "../provider/identity.js";
import { delegated, memoryStore, type MemoryStore, QUICK } from "./memory-provider.test-support.js";
import { ProviderHandle } from "./provider-handle.js";
import { ReadQueue, type Reader } from "./read-queue.js";
import type { RequestTemplate } from "./request-key.js";
import { DEFAULTS } from "./resolver-options.js";

const US: Reader = { identity: SELF, trace: { id: "t" } };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const read = (path: string, volatile = false): RequestTemplate => ({
  path,
  selector: { kind: "whole" },
  version: { kind: "latest" },
  volatile,
});

function queueOf(store: MemoryStore, concurrency = 8): ReadQueue {
  const events = createEventBus();
  const dependencies = { store: "prod", baseDirectory: "/", environment: {} };
  const handle = new ProviderHandle("prod", store.definition, dependencies, events);
  return new ReadQueue(handle, { ...DEFAULTS.retry, ...QUICK }, events, concurrency);
}

const soon = (): number => Date.now() + 10_000;

describe("ReadQueue", () => {
  it("has one flight for the same read, until it has landed", async () => {
    const queue = queueOf(memoryStore({ a: "1" }));
    const first = queue.flight(read("a"), US, "");
    const second = queue.flight(read("a"), { identity: SELF, trace: { id: "other" } }, "");
    expect([first.shared, second.shared, second.flight === first.flight]).toEqual([false, true, true]);
    for (const other of [
      queue.flight(read("a"), US, "scope"),
      queue.flight(read("a", true), US, ""),
      queue.flight(read("a"), { ...US, identity: delegated("x") }, ""),
      queue.flight({ ...read("a"), version: { kind: "exact", version: "1" } }, US, ""),
    ])
      expect(other.shared).toBe(false);
    using _seat = first.flight.join(soon());
    expect(queue.size).toBe(5);
    await first.flight.answer;
    expect(queue.flight(read("a"), US, "").shared).toBe(false);
  });

  it("is empty when everybody has left, before and after departure", async () => {
    const store = memoryStore({ a: "1", b: "2" }, { latency: () => new Promise(() => undefined) });
    const queue = queueOf(store);
    const leave = (): void => {
      for (const seat of seats) seat[Symbol.dispose]();
    };
    let seats = ["a", "b"].map((path) => queue.flight(read(path), US, "").flight.join(soon()));
    leave();
    expect(queue.size).toBe(0);
    await turn();
    expect(store.calls).toHaveLength(0);
    seats = ["a", "b"].map((path) => queue.flight(read(path), US, "").flight.join(soon()));
    await turn();
    expect([queue.size, store.active]).toEqual([2, 1]);
    leave();
    expect([queue.size, store.calls[0]?.context.signal.aborted]).toEqual([0, true]);
    await turn();
    expect(store.active).toBe(0);
  });

  it("does not join what was left to what comes then", async () => {
    const store = memoryStore({ a: "1" });
    const queue = queueOf(store);
    queue.flight(read("a"), US, "").flight.join(soon())[Symbol.dispose]();
    const { flight, shared } = queue.flight(read("a"), US, "");
    using _seat = flight.join(soon());
    expect(shared).toBe(false);
    expect(await flight.answer).toMatchObject({ status: "found" });
  });

  it("keeps a flight joinable while its call goes on for others", async () => {
    const gate = Promise.withResolvers<void>();
    const store = memoryStore({ a: "1", b: "2" }, { latency: () => gate.promise });
    const queue = queueOf(store);
    const left = queue.flight(read("a"), US, "").flight.join(soon());
    using _b = queue.flight(read("b"), US, "").flight.join(soon());
    await turn();
    left[Symbol.dispose]();
    const { flight, shared } = queue.flight(read("a"), US, "");
    using _a = flight.join(soon());
    gate.resolve();
    expect(shared).toBe(true);
    expect(await flight.answer).toMatchObject({ status: "found" });
    expect([store.calls.length, queue.size]).toEqual([1, 0]);
  });

  it("lets nobody join what is sealed, and still lands it", async () => {
    const store = memoryStore({ a: ["old", "new"] });
    const queue = queueOf(store);
    const before = queue.flight(read("a"), US, "").flight;
    using _before = before.join(soon());
    queue.seal();
    const { flight: after, shared } = queue.flight(read("a"), US, "");
    using _after = after.join(soon());
    expect(shared).toBe(false);
    await Promise.all([before.answer, after.answer]);
    expect(store.calls.map(({ paths }) => paths)).toEqual([["a", "a"]]);
    expect(queue.size).toBe(0);
  });

  it("has nothing left after arbitrary comings and goings, and every place is free", async () => {
    const visitor = fc.record({
      path: fc.constantFrom("a", "b", "c", "d"),
      scope: fc.constantFrom("", "x"),
      who: fc.constantFrom(SELF, delegated("w")),
      comesAt: fc.nat(4),
      staysFor: fc.option(fc.nat(4)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(visitor, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (visitors, places) => {
          const store = memoryStore(
            { a: "a", c: "c", d: "d" },
            { capabilities: { batchSize: 2, delegation: true }, latency: turn },
          );
          store.scripts.set("b", [{ status: "throttled", reason: "rate" }, "b"]);
          const queue = queueOf(store, places);
          const visit = async ({
            path,
            scope,
            who,
            comesAt,
            staysFor,
          }: (typeof visitors)[number]): Promise<void> => {
            for (let turns = 0; turns < comesAt; turns += 1) await turn();
            const { flight } = queue.flight(read(path), { ...US, identity: who }, scope);
            using _seat = flight.join(soon());
            const answer = flight.answer.then((outcome) =>
              expect(outcome).toMatchObject({ status: "found" }),
            );
            if (staysFor === null) return await answer;
            for (let turns = 0; turns < staysFor; turns += 1) await turn();
          };
          await Promise.all(visitors.map(visit));
          expect(queue.size).toBe(0);
          expect(store.highWater).toBeLessThanOrEqual(places);
          await turn();
          expect(store.active).toBe(0);
          const paths = Array.from({ length: places * 2 }, (_, index) => `later-${index}`);
          for (const path of paths) store.scripts.set(path, path);
          store.highWater = 0;
          const flights = paths.map((path) => queue.flight(read(path), US, "").flight);
          const seats = flights.map((flight) => flight.join(soon()));
          await Promise.all(flights.map(({ answer }) => answer));
          for (const seat of seats) seat[Symbol.dispose]();
          expect([queue.size, store.highWater]).toEqual([0, places]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
