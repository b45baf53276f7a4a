import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ListPage } from "../provider/list.js";
import { ListedStore } from "./listed-store.test-support.js";
import { delegated, recordingBus, resolverOf } from "./memory-provider.test-support.js";
import type { SecretChange } from "./secret-change.js";

beforeEach(() => {
  vi.useFakeTimers();
  // An interval is then as long as it says.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const INTERVAL_MS = 1000;
const interval = async (count = 1): Promise<void> => {
  await vi.advanceTimersByTimeAsync(count * INTERVAL_MS);
};

const pathsUnder = (folder: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${folder}${index}`);

/** A store with these secrets, watched from its first look on. */
async function watched(
  store: ListedStore,
  paths: readonly string[],
  {
    rest = "",
    ...options
  }: { readonly rest?: string; readonly identity?: ReturnType<typeof delegated> } = {},
) {
  const { bus, said } = recordingBus();
  const secrets = resolverOf(store.memory, { events: bus, retry: { attempts: 1 } });
  const seen: string[] = [];
  const changes: AsyncIterable<SecretChange> = secrets.watch(
    Object.fromEntries(paths.map((path) => [path, `secret://prod/${path}${rest}` as const])),
    { pollIntervalMs: INTERVAL_MS, ...options },
  );
  const ended = (async () => {
    for await (const { label, kind, value } of changes)
      seen.push([label, kind, value?.text()].join(" ").trim());
  })();
  await vi.advanceTimersByTimeAsync(0);
  store.asked();
  return { secrets, seen, said, ended, [Symbol.asyncDispose]: () => secrets[Symbol.asyncDispose]() };
}

function filled(
  paths: readonly string[],
  options?: ConstructorParameters<typeof ListedStore>[0],
): ListedStore {
  const store = new ListedStore(options);
  for (const path of paths) store.set(path, "1");
  return store;
}

describe("a watch of a store whose listing tells versions", () => {
  it.each(["version", "etag"] as const)(
    "costs one listing an interval while nothing changes, and one read for a change (by %s)",
    async (stamp) => {
      const paths = pathsUnder("app/", 500);
      const store = filled(paths, { pageSize: 25, stamp });
      await using watch = await watched(store, paths);
      await interval();
      expect(store.asked()).toEqual({ pages: 20, reads: [] });
      await interval();
      expect(store.asked()).toEqual({ pages: 20, reads: [] });
      store.set("app/123", "2");
      await interval();
      expect(store.asked()).toEqual({ pages: 20, reads: ["app/123"] });
      await interval();
      expect(store.asked()).toEqual({ pages: 20, reads: [] });
      expect(watch.seen).toEqual(["app/123 changed 2"]);
      const listings = watch.said.filter(({ name }) => name === "store-listed");
      expect(listings).toHaveLength(4);
      expect(listings[0]?.event).toMatchObject({ store: "prod", pages: 20, items: 500, complete: true });
    },
  );

  it("does not take what changed from the cache", async () => {
    const paths = pathsUnder("app/", 10);
    const store = filled(paths);
    await using watch = await watched(store, paths);
    store.set("app/1", "2");
    expect((await watch.secrets.get("secret://prod/app/1")).text()).toBe("1");
    await interval();
    expect(watch.seen).toEqual(["app/1 changed 2"]);
    expect((await watch.secrets.get("secret://prod/app/1")).text()).toBe("2");
  });

  it("misses no change between the first read and the first listing", async () => {
    const paths = pathsUnder("app/", 10);
    const store = filled(paths);
    await using watch = await watched(store, paths);
    store.set("app/3", "2");
    await interval();
    expect(watch.seen).toEqual(["app/3 changed 2"]);
  });

  it("lists each prefix that several paths have in common, and reads what is alone", async () => {
    const paths = [...pathsUnder("app/web-", 10), ...pathsUnder("base/", 10), "alone/one", "single"];
    const store = filled([...paths, ...pathsUnder("app/other-", 100), ...pathsUnder("zzz/", 100)]);
    await using _watch = await watched(store, paths);
    await interval();
    expect(store.pages.map(({ prefix }) => prefix)).toEqual(["app/web-", "base/"]);
    expect(store.asked().reads).toEqual(["single", "alone/one"].toSorted());
  });

  it("says that something is gone on the word of a read only", async () => {
    const paths = pathsUnder("app/", 10);
    const store = filled(paths);
    await using watch = await watched(store, paths);
    // It is not listed, and is there.
    store.page = (page) => ({ ...page, items: page.items.filter(({ path }) => path !== "app/1") });
    store.delete("app/2");
    await interval();
    expect(store.asked()).toEqual({ pages: 1, reads: ["app/1", "app/2"] });
    expect(watch.seen).toEqual(["app/2 deleted"]);
    store.set("app/2", "again");
    await interval();
    expect(watch.seen).toEqual(["app/2 deleted", "app/2 changed again"]);
  });

  it.each<[string, (page: ListPage) => ListPage]>([
    ["is not complete", (page) => ({ items: page.items.slice(1), complete: false })],
    [
      "fails",
      () => {
        throw new Error("hunter2");
      },
    ],
    ["makes no sense", () => ({}) as ListPage],
  ])(
    "changes nothing after a listing that %s, reads after three, and lists again later",
    async (_name, broken) => {
      const paths = pathsUnder("app/", 10);
      const store = filled(paths);
      await using watch = await watched(store, paths);
      store.page = broken;
      store.set("app/1", "2");
      await interval(2);
      expect(store.asked()).toEqual({ pages: 2, reads: [] });
      expect(watch.seen).toEqual([]);
      await interval();
      expect(store.asked()).toEqual({ pages: 1, reads: paths });
      expect(watch.seen).toEqual(["app/1 changed 2"]);
      await interval(10);
      const { pages, reads } = store.asked();
      expect(pages).toBeLessThanOrEqual(1);
      expect(reads.length).toBeGreaterThanOrEqual(90);
      store.page = (page) => page;
      await interval(11);
      store.asked();
      await interval();
      expect(store.asked()).toEqual({ pages: 1, reads: [] });
      expect(watch.said.filter(({ event }) => JSON.stringify(event).includes("hunter2"))).toEqual([]);
    },
  );

  it("reads where that costs less, and looks now and then whether it still does", async () => {
    const paths = pathsUnder("app/", 3);
    const rest = pathsUnder("app/x", 200);
    const store = filled([...paths, ...rest]);
    await using watch = await watched(store, paths);
    await interval();
    // It found out on the way: no more pages than reads are asked for, but one.
    expect(store.asked()).toEqual({ pages: 4, reads: paths });
    await interval(10);
    expect(store.asked()).toMatchObject({ pages: 0, reads: { length: 30 } });
    for (const path of rest) store.delete(path);
    await interval(2);
    expect(store.asked()).toEqual({ pages: 2, reads: [] });
    expect(watch.seen).toEqual([]);
  });

  it("stops listing where that never spares a read", async () => {
    const paths = pathsUnder("app/", 10);
    const store = filled(paths);
    store.page = ({ items, ...page }) => ({ ...page, items: items.map(({ path }) => ({ path })) });
    await using _watch = await watched(store, paths);
    await interval(3);
    expect(store.asked()).toMatchObject({ pages: 3, reads: { length: 30 } });
    await interval(10);
    expect(store.asked()).toMatchObject({ pages: 0, reads: { length: 100 } });
  });

  it("reads what a listing does not tell of: older versions, and where labels are", async () => {
    const paths = pathsUnder("app/", 5);
    for (const rest of ["?version=v1", "?label=stable"]) {
      const store = filled(paths);
      await using _watch = await watched(store, paths, { rest });
      await interval();
      expect(store.asked()).toEqual({ pages: 0, reads: paths });
    }
  });

  it("reads, as any other store is, where the listing tells no versions or is declared and missing", async () => {
    const paths = pathsUnder("app/", 5);
    const store = filled(paths, { capabilities: { list: { carriesVersion: false } } });
    await using _watch = await watched(store, paths);
    await interval();
    expect(store.asked()).toEqual({ pages: 0, reads: paths });
  });

  it("lists as whom it reads for", async () => {
    const paths = pathsUnder("app/", 5);
    const store = filled(paths, { capabilities: { delegation: true } });
    const identity = delegated("web");
    await using _watch = await watched(store, paths, { identity });
    await interval();
    expect(store.pages.map(({ context }) => context.identity)).toEqual([identity]);
    expect(store.pages[0]?.context.deadline).toBeLessThanOrEqual(Date.now() + 30_000);
  });

  it("ends with a listing under way", async () => {
    const paths = pathsUnder("app/", 5);
    const store = filled(paths);
    const watch = await watched(store, paths);
    store.page = () => new Promise(() => undefined);
    await interval();
    expect(store.pages).toHaveLength(1);
    await watch[Symbol.asyncDispose]();
    await watch.ended;
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
