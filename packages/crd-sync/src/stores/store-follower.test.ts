import { createSecretKey, randomBytes } from "node:crypto";
import {
  createSecretResolver,
  defineProvider,
  type ListPage,
  type ProviderDescriptor,
  formatReference,
  parseReference,
  type SecretOutcome,
  SecretValue,
  SELF,
  type StoreDefinition,
  StoreError,
} from "@sluice/core";
import type { Store } from "@sluice/kubernetes/stores";
import { afterEach, beforeEach, expect, it } from "vitest";
import { OpenedStore } from "./opened-store.js";
import { StoreFollower } from "./store-follower.js";

const FAILING = { down: "unavailable", denied: "denied" } as const;

/** A store in memory, with what was asked of it. */
class Shelf {
  readonly values = new Map<string, { text: string; version: number }>();
  reads: string[] = [];
  listings = 0;
  mode: "up" | "down" | "denied" | "partial" = "up";

  put(path: string, text: string): void {
    this.values.set(path, { text, version: (this.values.get(path)?.version ?? 0) + 1 });
  }

  provider(carriesVersion: boolean): ProviderDescriptor<object> {
    return defineProvider<object>({
      id: "shelf",
      optionsSchema: { type: "object" },
      capabilities: {
        batchSize: 10,
        fields: "extracted",
        versions: { exact: false, label: false },
        list: { carriesVersion },
      },
      create: () => ({
        resolve: async (requests) =>
          requests.map(({ id, path }): SecretOutcome => {
            this.reads.push(path);
            if (this.mode === "down" || this.mode === "denied")
              return { id, status: FAILING[this.mode], reason: this.mode };
            const found = this.values.get(path);
            if (found === undefined) return { id, status: "not-found", reason: "missing" };
            return {
              id,
              status: "found",
              value: SecretValue.fromText(found.text),
              version: String(found.version),
            };
          }),
        list: () => this.#list(),
      }),
    });
  }

  async *#list(): AsyncGenerator<ListPage, void, undefined> {
    this.listings += 1;
    if (this.mode === "down" || this.mode === "denied")
      throw new StoreError("prod", { status: FAILING[this.mode], reason: this.mode });
    const items = Array.from(this.values, ([path, { version }]) => ({ path, version: String(version) }));
    yield this.mode === "partial" ? { items: items.slice(1), complete: false } : { items, complete: true };
  }
}

let shelf: Shelf;
let told: string[];
let stopped: AbortController;
beforeEach(() => {
  [shelf, told, stopped] = [new Shelf(), [], new AbortController()];
});
afterEach(() => stopped.abort());

function open(carriesVersion = true): { follower: StoreFollower; opened: OpenedStore } {
  const definition = shelf.provider(carriesVersion)({});
  const stores: Record<string, StoreDefinition> = { prod: definition };
  const resolver = createSecretResolver({
    stores,
    retry: { attempts: 1 },
    environment: {},
  });
  const opened = new OpenedStore(resolver, definition.capabilities);
  const follower = new StoreFollower({
    store: { name: "prod" } as Store,
    identity: SELF,
    open: async () => opened,
    onChange: (users) => told.push(...Array.from(users).toSorted((one, other) => (one < other ? -1 : 1))),
    key: createSecretKey(randomBytes(32)),
    signal: stopped.signal,
  });
  return { follower, opened };
}

const references = (...paths: string[]) => paths.map((path) => parseReference(`secret://prod/${path}`));

/** A sync that has read what it wants, as a reconciler does. */
async function follow(
  { follower, opened }: ReturnType<typeof open>,
  user: string,
  paths: readonly string[],
  foundBefore: readonly string[] = [],
): Promise<void> {
  const wanted = references(...paths);
  const before = references(...foundBefore).map((reference) => formatReference(reference));
  follower.follow(user, {
    references: wanted,
    searches: [],
    intervalMs: 3_600_000,
    foundBefore: new Set(before),
  });
  const outcomes = await opened.resolver.settle(wanted);
  for (const outcome of outcomes) follower.note(outcome);
  shelf.reads = [];
}

it("a quiet store costs one listing, however many want it, and no read", async () => {
  const store = open();
  const paths = Array.from({ length: 20 }, (_, at) => `app/${at}`);
  for (const path of paths) shelf.put(path, path);
  for (let at = 0; at < 100; at++) await follow(store, `u${at}`, [paths[at % 20] ?? ""]);
  await store.follower.look();
  expect([shelf.listings, shelf.reads, told]).toEqual([1, [], []]);
});

it("what changed is read once, and told to all who want it", async () => {
  const store = open();
  for (const path of ["app/a", "app/b", "app/c"]) shelf.put(path, path);
  for (const user of ["one", "two"]) await follow(store, user, ["app/a", "app/b"]);
  await follow(store, "three", ["app/b", "app/c"]);
  shelf.put("app/a", "another");
  await store.follower.look();
  expect([shelf.reads, told]).toEqual([["app/a"], ["one", "two"]]);
  // A new version of the same value is no change.
  shelf.put("app/b", "app/b");
  await store.follower.look();
  expect(told).toEqual(["one", "two"]);
});

it("a store whose listing tells no versions is read", async () => {
  const store = open(false);
  for (const path of ["app/a", "app/b"]) shelf.put(path, path);
  await follow(store, "one", ["app/a", "app/b"]);
  shelf.put("app/b", "another");
  await store.follower.look();
  expect([shelf.listings, shelf.reads.length, told]).toEqual([0, 2, ["one"]]);
});

it("a store that does not answer changes nothing, and is told after three looks, and again when it is back", async () => {
  const store = open();
  for (const path of ["app/a", "app/b", "app/c"]) shelf.put(path, path);
  await follow(store, "one", ["app/a", "app/b", "app/c"]);
  shelf.mode = "down";
  for (let look = 0; look < 2; look++) await store.follower.look();
  expect([told, store.follower.problem]).toEqual([[], undefined]);
  await store.follower.look();
  expect([told, store.follower.problem?.status]).toEqual([["one"], "unavailable"]);
  await store.follower.look();
  expect(told).toEqual(["one"]);
  shelf.mode = "up";
  await store.follower.look();
  expect([told, store.follower.problem]).toEqual([["one", "one"], undefined]);
});

it("who could not be given anything is told as soon as the store answers", async () => {
  const store = open();
  shelf.put("app/a", "a");
  await follow(store, "one", ["app/a"]);
  store.follower.await("one");
  await store.follower.look();
  expect(told).toEqual(["one"]);
});

it("a store that refuses is told at once", async () => {
  const store = open();
  for (const path of ["app/a", "app/b", "app/c"]) shelf.put(path, path);
  await follow(store, "one", ["app/a", "app/b", "app/c"]);
  shelf.mode = "denied";
  await store.follower.look();
  expect(told).toEqual(["one"]);
  await expect(store.follower.census()).resolves.toMatchObject({ known: 3, gone: 0 });
});

it("a listing that is not complete takes nothing for gone", async () => {
  const store = open();
  for (const path of ["app/a", "app/b", "app/c"]) shelf.put(path, path);
  await follow(store, "one", ["app/a", "app/b", "app/c"]);
  shelf.mode = "partial";
  await store.follower.look();
  expect(told).toEqual([]);
});

it("counts what is gone by a look at all of it, and what was found before this process began", async () => {
  const store = open();
  const paths = Array.from({ length: 10 }, (_, at) => `app/${at}`);
  for (const path of paths.slice(2)) shelf.put(path, path);
  // The first was there once, the second never.
  await follow(store, "one", paths, ["app/0"]);
  expect(await store.follower.census()).toEqual({ known: 9, gone: 1, isPlausible: true });
  for (const path of ["app/2", "app/3"]) shelf.values.delete(path);
  expect(await store.follower.census()).toEqual({ known: 9, gone: 3, isPlausible: false });
  shelf.mode = "down";
  await expect(store.follower.census()).rejects.toThrow(StoreError);
});

it("what nobody wants any more is not followed", async () => {
  const store = open();
  for (const path of ["app/a", "app/b"]) shelf.put(path, path);
  await follow(store, "one", ["app/a", "app/b"]);
  await follow(store, "one", ["app/a"]);
  await follow(store, "two", ["app/b"]);
  store.follower.forget("two");
  shelf.put("app/b", "another");
  await store.follower.look();
  expect([shelf.reads.includes("app/b"), told]).toEqual([false, []]);
  expect(store.follower.isIdle).toBe(false);
  store.follower.forget("one");
  expect(store.follower.isIdle).toBe(true);
});
