import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Identity, SELF } from "../provider/identity.js";
import { ListedStore } from "./listed-store.test-support.js";
import { delegated, found, memoryStore, resolverOf } from "./memory-provider.test-support.js";
import type { SecretChange } from "./secret-change.js";

const INTERVAL_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
  // An interval is then as long as it says.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What a watch has told of each label, applied to what was there when it began. */
function follow(changes: AsyncIterable<SecretChange>, view: Map<string, string>): void {
  void (async () => {
    for await (const { label, value } of changes)
      if (value === undefined) view.delete(label);
      else view.set(label, value.text());
  })();
}

describe("a watch by listing", () => {
  const paths = Array.from({ length: 12 }, (_, index) => `app/${index}`);
  const path = fc.constantFrom(...paths);
  const change = fc.oneof(
    fc.record({ set: path, text: fc.constantFrom("a", "b", "c") }),
    fc.record({ delete: path }),
  );
  /** What happens in one interval, and how its listings fare. */
  const step = fc.record({
    changes: fc.array(change, { maxLength: 4 }),
    listing: fc.constantFrom("whole", "whole", "whole", "cut off", "broken"),
  });

  it("ends up with what the store holds, whatever happens; asks for each once, in as few calls as may be", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom("version" as const, "etag" as const),
        async (steps, pageSize, batchSize, stamp) => {
          const store = new ListedStore({ pageSize, stamp, capabilities: { batchSize } });
          for (const each of paths.slice(0, 8)) store.set(each, "a");
          await using secrets = resolverOf(store.memory);
          const view = new Map(store.texts);
          const labels = Object.fromEntries(paths.map((each) => [each, `secret://prod/${each}` as const]));
          follow(secrets.watch(labels, { pollIntervalMs: INTERVAL_MS }), view);
          await vi.advanceTimersByTimeAsync(0);
          for (const { changes, listing } of steps) {
            store.asked();
            for (const each of changes)
              if ("set" in each) store.set(each.set, each.text);
              else store.delete(each.delete);
            store.page = (page) => {
              if (listing === "broken") throw new Error("broken");
              return listing === "whole" ? page : { ...page, complete: false };
            };
            await vi.advanceTimersByTimeAsync(INTERVAL_MS);
            const calls = store.memory.calls.length;
            const { pages, reads } = store.asked();
            expect(new Set(reads).size).toBe(reads.length);
            expect(calls).toBe(Math.ceil(reads.length / batchSize));
            expect(pages).toBeLessThanOrEqual(paths.length + 1);
            // With a listing, or with reads: one interval is enough.
            expect(listing === "whole" ? view : store.texts).toEqual(store.texts);
          }
          store.page = (page) => page;
          await vi.advanceTimersByTimeAsync(INTERVAL_MS);
          expect(view).toEqual(store.texts);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("watches of two identities", () => {
  it("never share a listing, a read or a value", async () => {
    const identity = fc.constantFrom<Identity>(SELF, delegated("self"), delegated("a"), delegated('a","b'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(identity, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (identities, intervals) => {
          const nameOf = (who: Identity): string => (who.kind === "self" ? "self" : `as ${who.cacheKey}`);
          const reads = new Map<string, number>();
          const listings: string[] = [];
          let version = 0;
          const names = ["app/1", "app/2", "app/3"];
          const store = memoryStore(
            Object.fromEntries(
              names.map((name) => [
                name,
                (_request: unknown, context: { readonly identity: Identity }) => {
                  const who = nameOf(context.identity);
                  reads.set(who, (reads.get(who) ?? 0) + 1);
                  return found(`${who} ${name} ${version}`, { version: `${who} ${version}` });
                },
              ]),
            ),
            {
              capabilities: { list: { carriesVersion: true }, delegation: true },
              verbs: {
                list: async function* (_query, context) {
                  const who = nameOf(context.identity);
                  listings.push(who);
                  yield {
                    items: names.map((name) => ({ path: name, version: `${who} ${version}` })),
                    complete: true,
                  };
                },
              },
            },
          );
          await using secrets = resolverOf(store);
          const views = identities.map((who) => {
            const view = new Map<string, string>();
            const references = Object.fromEntries(
              names.map((name) => [name, `secret://prod/${name}` as const]),
            );
            follow(secrets.watch(references, { identity: who, pollIntervalMs: INTERVAL_MS }), view);
            return view;
          });
          await vi.advanceTimersByTimeAsync(0);
          for (let count = 0; count < intervals; count += 1) {
            version += 1;
            await vi.advanceTimersByTimeAsync(INTERVAL_MS);
            for (const [index, view] of views.entries())
              expect(Array.from(view.values())).toEqual(
                names.map((name) => `${nameOf(identities[index] ?? SELF)} ${name} ${version}`),
              );
          }
          const asked = identities.map(nameOf);
          for (const [who, count] of reads)
            expect(count).toBe(asked.filter((each) => each === who).length * names.length * (intervals + 1));
          expect(new Set(listings)).toEqual(new Set(asked));
        },
      ),
      { numRuns: 50 },
    );
  });
});
