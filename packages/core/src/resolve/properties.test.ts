import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SELF } from "../provider/identity.js";
import type { Failure, SecretOutcome } from "../provider/secret-outcome.js";
import type { StoreDefinition } from "../provider/define-provider.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import {
  DENIED,
  delegated,
  found,
  memoryStore,
  NOT_FOUND,
  QUICK,
  recordingBus,
  resolverOf,
  type Step,
  THROTTLED,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";
import type { SecretResolver } from "./secret-resolver.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const PATHS = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;
const path = fc.constantFrom(...PATHS);

describe("provider calls without faults", () => {
  const wanted = fc.array(
    fc.tuple(
      fc.constantFrom("one", "two", "three"),
      path,
      fc.constantFrom("", "#k", "?version=1", "?label=l"),
    ),
    { maxLength: 60 },
  );
  const sizes = fc.record({
    one: fc.integer({ min: 1, max: 9 }),
    two: fc.integer({ min: 1, max: 9 }),
    three: fc.integer({ min: 1, max: 9 }),
  });

  it("are the sum over stores of ceil(distinct / batch size), however many ask in one turn", async () => {
    await fc.assert(
      fc.asyncProperty(
        wanted,
        sizes,
        fc.boolean(),
        fc.array(fc.nat(3)),
        async (references, batchSizes, together, delays) => {
          const stores = Object.entries(batchSizes).map(([name, batchSize]) => {
            const scripts = Object.fromEntries(PATHS.map((p) => [p, `{"k":"${name}-${p}"}`]));
            return [name, memoryStore(scripts, { capabilities: { batchSize } })] as const;
          });
          const definitions = Object.fromEntries(
            stores.map(([name, { definition }]): [string, StoreDefinition] => [name, definition]),
          );
          await using secrets: SecretResolver = createSecretResolver({ stores: definitions });
          const texts = references.map(([store, p, rest]) => `secret://${store}/${p}${rest}`);
          const get = async (text: string, index: number): Promise<string> => {
            for (let ticks = delays[index % delays.length] ?? 0; ticks > 0; ticks -= 1)
              await Promise.resolve();
            return (await secrets.get(text)).text();
          };
          const values = together
            ? (await secrets.getAll(texts)).map((value) => value.text())
            : await Promise.all(texts.map(get));
          expect(values).toEqual(
            references.map(([store, p, rest]) => (rest === "#k" ? `${store}-${p}` : `{"k":"${store}-${p}"}`)),
          );
          for (const [name, store] of stores) {
            const distinct = new Set(
              references.filter(([of]) => of === name).map(([, p, rest]) => p + (rest === "#k" ? "" : rest)),
            );
            expect(store.calls).toHaveLength(
              Math.ceil(distinct.size / store.definition.capabilities.batchSize),
            );
            expect(store.asked).toHaveLength(distinct.size);
          }
        },
      ),
    );
  });
});

describe("with arbitrary faults", () => {
  const step = fc.constantFrom<Step>(
    "found",
    NOT_FOUND,
    DENIED,
    THROTTLED,
    { ...THROTTLED, retryAfterMs: 1 },
    UNAVAILABLE,
    found("x", { expiresAt: 1 }),
  );
  const scripts = fc.record(
    Object.fromEntries(PATHS.map((p) => [p, fc.array(step, { minLength: 1, maxLength: 6 })])) as Record<
      (typeof PATHS)[number],
      fc.Arbitrary<Step[]>
    >,
  );
  const asked = fc.array(fc.tuple(path, fc.boolean()), { maxLength: 12 });

  const statusOf = (given: Step): string =>
    typeof given !== "object" ? "found" : "expiresAt" in given ? "expired" : given.status;

  /** What becomes of a request by its own script alone, and how often it is sent. */
  function model(
    steps: readonly Step[],
    volatile: boolean,
    attempts: number,
  ): { status: string; sent: number } {
    for (let sent = 1; ; sent += 1) {
      const status = statusOf(steps[Math.min(sent, steps.length) - 1] ?? NOT_FOUND);
      const retryable = status === "throttled" || (status === "unavailable" && !volatile);
      if (!retryable || sent === attempts) return { status, sent };
    }
  }

  it("every item's outcome is its own script's, in the order and under the label asked, and nothing is sent too often", async () => {
    await fc.assert(
      fc.asyncProperty(
        scripts,
        asked,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (script, wanted, batchSize, attempts) => {
          // A path is either issuing or not here: as both it would follow one script with two requests.
          const volatile = new Map(wanted);
          const store = memoryStore(script, { capabilities: { batchSize }, latency: turn });
          await using secrets = resolverOf(store, { retry: { ...QUICK, attempts } });
          const references = Object.fromEntries(
            wanted.map(([p], index) => [
              `label-${index}`,
              `secret://prod/${p}${volatile.get(p) ? "?volatile=true" : ""}` as const,
            ]),
          );
          const outcomes = await secrets.settle(references);
          expect(Object.keys(outcomes)).toEqual(Object.keys(references));
          expect(Object.values(outcomes).map(({ status }) => status)).toEqual(
            wanted.map(([p]) => model(script[p], volatile.get(p) ?? false, attempts).status),
          );
          for (const p of PATHS) {
            const expected = volatile.has(p) ? model(script[p], volatile.get(p) ?? false, attempts).sent : 0;
            expect(store.asked.filter((one) => one === p)).toHaveLength(expected);
          }
        },
      ),
    );
  });

  it("also when whole calls fail: the outcome is that of the last try, and no final one is asked again", async () => {
    await fc.assert(
      fc.asyncProperty(
        scripts,
        fc.array(fc.boolean()),
        fc.integer({ min: 1, max: 5 }),
        async (script, failing, batchSize) => {
          const log = new Map<string, string[]>(PATHS.map((p) => [p, []]));
          const logged = Object.fromEntries(
            Object.entries(script).map(([p, steps]) => {
              let next = 0;
              const answer = (): Step => {
                const given = steps[Math.min(next, steps.length - 1)] ?? NOT_FOUND;
                next += 1;
                log.get(p)?.push(statusOf(given));
                return given;
              };
              return [p, answer];
            }),
          );
          const store = memoryStore(logged, {
            capabilities: { batchSize },
            latency: ({ paths }) => {
              if (failing[store.calls.length - 1] !== true) return turn();
              for (const p of paths) log.get(p)?.push("unavailable");
              return Promise.reject(new Error("reset"));
            },
          });
          await using secrets = resolverOf(store);
          const outcomes = await secrets.settle(PATHS.map((p) => `secret://prod/${p}` as const));
          for (const [index, p] of PATHS.entries()) {
            const answers = log.get(p) ?? [];
            expect(outcomes[index]?.status).toBe(answers.at(-1));
            expect(answers.length).toBeLessThanOrEqual(4);
            for (const answer of answers.slice(0, -1)) expect(["throttled", "unavailable"]).toContain(answer);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("two identities", () => {
  const call = fc.record({
    who: fc.constantFrom(SELF, delegated("self"), delegated("a"), delegated("b"), delegated('a","b')),
    paths: fc.array(path, { minLength: 1, maxLength: 4 }),
    fresh: fc.boolean(),
    volatile: fc.boolean(),
  });

  it("never share a call, a flight or a cached value", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(call, { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        async (scheduler, calls, batchSize) => {
          const nameOf = (identity: (typeof calls)[number]["who"]): string =>
            identity.kind === "self" ? "self" : `as ${identity.cacheKey}`;
          const answer: Step = (request, { identity }) => `${nameOf(identity)}: ${request.path}`;
          const store = memoryStore(Object.fromEntries(PATHS.map((p) => [p, answer])), {
            capabilities: { batchSize, delegation: true },
            latency: () => scheduler.schedule(Promise.resolve()),
          });
          await using secrets = resolverOf(store);
          const read = async ({ who, paths, fresh, volatile }: (typeof calls)[number]): Promise<void> => {
            await scheduler.schedule(Promise.resolve());
            const values = await secrets.getAll(
              paths.map((p) => `secret://prod/${p}${volatile ? "?volatile=true" : ""}` as const),
              { identity: who, fresh },
            );
            expect(values.map((value) => value.text())).toEqual(paths.map((p) => `${nameOf(who)}: ${p}`));
          };
          await scheduler.waitFor(Promise.all(calls.map(read)));
        },
      ),
    );
  });
});

describe("cancellation", () => {
  const caller = fc.record({
    paths: fc.array(path, { minLength: 1, maxLength: 5 }),
    leaves: fc.boolean(),
    volatile: fc.boolean(),
  });
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

  it("of some callers frees what was theirs, and the others get their values", async () => {
    const before = timers();
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(caller, { maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (scheduler, callers, concurrency) => {
          const store = memoryStore(
            Object.fromEntries(PATHS.map((p, index) => [p, index % 3 === 0 ? [THROTTLED, p] : p])),
            {
              capabilities: { batchSize: 2 },
              latency: () => scheduler.schedule(Promise.resolve()),
            },
          );
          {
            await using secrets = resolverOf(store, { concurrency, cache: false });
            const run = async ({ paths, leaves, volatile }: (typeof callers)[number]): Promise<void> => {
              const leaving = new AbortController();
              await scheduler.schedule(Promise.resolve());
              const reading = secrets.getAll(
                paths.map((p) => `secret://prod/${p}${volatile ? "?volatile=true" : ""}` as const),
                { signal: leaving.signal },
              );
              if (leaves)
                void scheduler.schedule(Promise.resolve()).then(() => leaving.abort(new Error("left")));
              const [outcome] = await Promise.allSettled([reading]);
              const texts = outcome.status === "fulfilled" && outcome.value.map((value) => value.text());
              const left =
                outcome.status === "rejected" && leaves && String(outcome.reason) === "Error: left";
              expect(left || texts).toEqual(left || paths);
            };
            await scheduler.waitFor(Promise.all(callers.map(run)));
            await turn();
            expect(store.active).toBe(0);
            expect(store.highWater).toBeLessThanOrEqual(concurrency);
            // Every place is free again.
            store.highWater = 0;
            const again = secrets.getAll(PATHS.map((p) => `secret://prod/${p}` as const));
            expect((await scheduler.waitFor(again)).map((value) => value.text())).toEqual(PATHS);
            expect(store.highWater).toBe(concurrency);
          }
          expect(timers()).toBeLessThanOrEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of all callers ends every call", async () => {
    const before = timers();
    await fc.assert(
      fc.asyncProperty(
        fc.array(caller, { minLength: 1, maxLength: 8 }),
        fc.nat(3),
        async (callers, turns) => {
          const store = memoryStore(
            {},
            { capabilities: { batchSize: 2 }, latency: () => new Promise(() => undefined) },
          );
          await using secrets = resolverOf(store, { concurrency: 2 });
          const leaving = new AbortController();
          const reads = callers.map(({ paths }) =>
            secrets.settle(
              paths.map((p) => `secret://prod/${p}` as const),
              { signal: leaving.signal },
            ),
          );
          const settled = Promise.allSettled(reads);
          for (let count = 0; count < turns; count += 1) await turn();
          leaving.abort(new Error("left"));
          expect((await settled).every(({ status }) => status === "rejected")).toBe(true);
          await turn();
          expect(store.active).toBe(0);
          expect(store.calls.every(({ context }) => context.signal.aborted)).toBe(true);
          expect(timers()).toBeLessThanOrEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("values", () => {
  const SECRET = "hunter2";
  const leaky = fc.constantFrom<Step>(
    SECRET,
    `{"k":"${SECRET}","n":null}`,
    `{"k":${SECRET}}`,
    found(SECRET, { expiresAt: 1, version: "1" }),
    found(SECRET, { lease: { id: "l", ttlMs: 1, renewable: false } }),
    (() => ({ ...DENIED, response: SECRET })) as Step,
    (() => ({ status: SECRET })) as Step,
    (() => ({ status: "found", value: SECRET })) as Step,
    (() => SECRET.length) as Step,
    () => {
      throw Object.assign(new Error(SECRET, { cause: SECRET }), { body: SECRET, code: `user ${SECRET}` });
    },
    () => Promise.reject(new TypeError(SECRET)),
    UNAVAILABLE,
  );
  const rest = fc.constantFrom(
    "",
    "#k",
    "#n",
    "#x",
    "?decode=base64",
    "?decode=hex",
    "?volatile=true",
    "?version=1#k",
  );

  it("never appear in an event or an error", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(leaky, { minLength: 1, maxLength: 3 }), rest), {
          minLength: 1,
          maxLength: 6,
        }),
        async (secretsAsked) => {
          const { bus, said } = recordingBus();
          const scripts = Object.fromEntries(secretsAsked.map(([steps], index) => [`p${index}`, steps]));
          const store = memoryStore(scripts, {
            capabilities: {
              batchSize: 3,
              leases: { renew: false, revoke: true },
              put: { ifAbsent: true, ifVersion: true },
            },
            verbs: {
              revokeLease: () => Promise.reject(new Error(SECRET)),
              put: () => Promise.reject(new Error(SECRET)),
            },
          });
          const told: unknown[] = [];
          {
            await using secrets = resolverOf(store, { events: bus });
            using _broken = secrets.on("secret-resolved", () => {
              throw new Error(SECRET);
            });
            const references = secretsAsked.map(
              ([, more], index) => `secret://prod/p${index}${more}` as const,
            );
            const literal = `\${secret://prod/p0 ${SECRET}` as "secret://prod/p0";
            told.push(await secrets.getAll([...references, literal]).catch((thrown: unknown) => thrown));
            told.push(await secrets.settle(references));
            for (const reference of references)
              told.push(await secrets.get(reference).catch((thrown: unknown) => thrown));
            const { SecretValue } = await import("../value/secret-value.js");
            told.push(await secrets.put("prod", { path: "p", value: SecretValue.fromText(SECRET) }));
          }
          const everything = [told, said, ...told.map((one) => one instanceof Error && one.stack)];
          const printed = [
            inspect(everything, {
              depth: Infinity,
              showHidden: true,
              maxArrayLength: null,
              maxStringLength: null,
            }),
            JSON.stringify(everything),
          ];
          for (const text of printed) expect(text).not.toContain(SECRET);
          expect(said.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("are found by the same search where they do appear", () => {
    const failure: Failure & Partial<SecretOutcome> = { ...DENIED, message: SECRET };
    expect(inspect([{ event: { failure } }], { depth: Infinity, showHidden: true })).toContain(SECRET);
  });
});
