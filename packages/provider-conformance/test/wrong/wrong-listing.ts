import {
  type ListPage,
  type ListQuery,
  type ProviderContext,
  type SecretProvider,
  StoreError,
} from "@sluice/core";
import { ROOT } from "../reference/key-of.js";
import type { MemoryServer } from "../reference/memory-server.js";
import { found, type Verbs, without, type WrongProviders } from "./wrong-provider.js";

type Items = ListPage["items"];

/** Alters every page. */
const pages =
  (alter: (page: ListPage, server: MemoryServer) => object): Verbs =>
  (right, server) => ({
    async *list(...call: Parameters<NonNullable<SecretProvider["list"]>>) {
      for await (const page of right.list(...call)) yield alter(page, server());
    },
  });

/** Alters the items of every page. */
const items = (alter: (items: Items, server: MemoryServer) => readonly object[]): Verbs =>
  pages((page, server) => ({ ...page, items: alter(page.items, server) }));

/** Alters the query. */
const query =
  (alter: (query: ListQuery) => ListQuery): Verbs =>
  (right) => ({
    list: (asked: ListQuery, context: ProviderContext) => right.list(alter(asked), context),
  });

type EtagOf = (updatedAt: number) => string;

/** Goes by times instead of versions. */
function etags(listed: EtagOf, read: EtagOf): Verbs {
  return (right, server) => ({
    ...items((all) =>
      all.map(({ version: _version, ...item }) => ({ ...item, etag: listed(item.updatedAt ?? 0) })),
    )(right, server),
    ...found((outcome) => ({ ...without(outcome, "version"), etag: read(outcome.updatedAt ?? 0) }))(
      right,
      server,
    ),
  });
}

const hourOf: EtagOf = (updatedAt) => String(Math.floor(updatedAt / 3_600_000));

export const WRONG_LISTING: WrongProviders = {
  "6.1": {
    "that leaves one out": items((all) => all.slice(1)),
    "that names one twice": items((all) => all.concat(all.slice(0, 1))),
    "with values": items((all, server) =>
      all.map((item) => ({
        ...item,
        value: server.secrets.get(ROOT + item.path)?.revisions.at(-1)?.content,
      })),
    ),
    "that is never complete": pages((page) => ({ ...page, complete: false })),
    "of the first page": (right) => ({
      async *list(...call: Parameters<typeof right.list>) {
        const [page] = await Array.fromAsync(right.list(...call));
        yield page;
      },
    }),
  },
  "6.2": {
    "always complete": pages((page) => ({ ...page, complete: true })),
    "that always goes on": pages((page) => ({ nextPageToken: "", ...page })),
    "that cannot go on": pages((page) => without(page, "nextPageToken")),
  },
  "6.3": {
    "of everything": query((asked) => without(asked, "prefix")),
    "of folders": query(({ prefix = "", ...asked }) => ({
      ...asked,
      prefix: prefix.endsWith("/") || prefix === "" ? prefix : `${prefix}/`,
    })),
  },
  "6.4": { "of folders too": items((all) => [...all, { path: "tests" }]) },
  "6.5": {
    "that begins anew": query((asked) => without(asked, "pageToken")),
    "that skips": (right) => ({
      async *list(asked: ListQuery, context: ProviderContext) {
        for await (const page of right.list(asked, context))
          yield asked.pageToken === undefined ? page : { ...page, items: page.items.slice(1) };
      },
    }),
    "that is not complete": (right) => ({
      async *list(asked: ListQuery, context: ProviderContext) {
        for await (const page of right.list(asked, context))
          yield { ...page, complete: page.complete && asked.pageToken === undefined };
      },
    }),
  },
  "6.6": {
    "of the first version": items((all, server) =>
      all.map((item) => ({ ...item, version: server.secrets.get(ROOT + item.path)?.revisions[0]?.version })),
    ),
    "of another secret": items((all) =>
      all.map((item, index) => ({ ...item, version: all[(index + 1) % all.length]?.version })),
    ),
  },
  "6.7": {
    "that ends": (right) => ({
      async *list(...call: Parameters<typeof right.list>) {
        try {
          yield* right.list(...call);
        } catch (error) {
          if (!StoreError.isInstance(error)) throw error;
          yield { items: [], complete: true };
        }
      },
    }),
    "with an error of its own": (right) => ({
      async *list(...call: Parameters<typeof right.list>) {
        try {
          yield* right.list(...call);
        } catch {
          throw new Error("list failed");
        }
      },
    }),
    "complete before it breaks off": pages((page) => ({ ...page, complete: true })),
  },
  "6.8": {
    "without versions": items((all) => all.map((item) => without(item, "version"))),
    "with an etag that reading does not give": items((all) =>
      all.map(({ version, ...item }) => ({ ...item, etag: version })),
    ),
    "with another etag than reading gives": etags((updatedAt) => `"${updatedAt}"`, String),
  },
  "6.9": {
    "with the hour as its etag": etags(hourOf, hourOf),
    "with the same etag for all": etags(
      () => "etag",
      () => "etag",
    ),
  },
  "6.10": {
    "of what may be read": items((all, server) =>
      all.filter(({ path }) => server.secrets.get(ROOT + path)?.readers === undefined),
    ),
    "that is refused with an error of its own": () => ({
      // oxlint-disable-next-line require-yield
      async *list() {
        throw new Error("403");
      },
    }),
  },
};
