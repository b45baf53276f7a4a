import type { ProviderContext, SecretProvider, WatchEvent, WatchQuery } from "@sluice/core";
import { ROOT } from "../reference/key-of.js";
import type { Verbs, WrongProviders } from "./wrong-provider.js";

/** Tells some events only. */
const telling =
  (tells: (event: WatchEvent, query: WatchQuery) => boolean): Verbs =>
  (right) => ({
    async *watch(query: WatchQuery, context: ProviderContext) {
      for await (const event of right.watch(query, context)) if (tells(event, query)) yield event;
    },
  });

/** Alters the end of a watch. */
const ending =
  (end: (error: unknown, signal: AbortSignal) => Promise<void> | void): Verbs =>
  (right) => ({
    async *watch(...[query, context]: Parameters<NonNullable<SecretProvider["watch"]>>) {
      let thrown: unknown;
      try {
        yield* right.watch(query, context);
      } catch (error) {
        thrown = error;
      }
      await end(thrown, context.signal);
    },
  });

export const WRONG_WATCHING: WrongProviders = {
  "7.1": {
    "silent until something changes": telling(({ kind }) => kind !== "resync"),
    "that begins with what there is": (right) => ({
      async *watch(query: WatchQuery, context: ProviderContext) {
        for (const path of query.paths) yield { kind: "changed", path };
        yield* right.watch(query, context);
      },
    }),
  },
  "7.2": {
    "deaf to removals": telling(({ kind }) => kind !== "deleted"),
    "deaf to changes": telling((event) => event.kind !== "changed" || event.path.includes("appearing")),
    "deaf to what appears": telling((event) => event.kind !== "changed" || !event.path.includes("appearing")),
    "to whom removals are changes": (right) => ({
      async *watch(query: WatchQuery, context: ProviderContext) {
        for await (const event of right.watch(query, context))
          yield event.kind === "deleted" ? { ...event, kind: "changed" } : event;
      },
    }),
  },
  "7.3": {
    "of everything": (right, server) => ({
      watch: (query: WatchQuery, context: ProviderContext) => {
        const paths = Array.from(server().secrets.keys(), (key) => key.slice(ROOT.length));
        return right.watch({ ...query, paths }, context);
      },
    }),
  },
  "7.4": {
    "that goes on from anywhere": telling(
      ({ kind }, { cursor }) => kind !== "resync" || cursor === undefined,
    ),
    "that goes on from now": (right, server) => ({
      watch: (query: WatchQuery, context: ProviderContext) =>
        right.watch(
          /^\d+$/.test(query.cursor ?? "") ? { ...query, cursor: `${server().changes.length}` } : query,
          context,
        ),
    }),
  },
  "7.5": {
    "that rejects": ending((_, signal) => signal.throwIfAborted()),
    "that does not end": ending(async () => new Promise(() => undefined)),
    "with a timer": ending(() => void setInterval(() => undefined, 10_000)),
  },
  "7.6": {
    "that ends": ending(() => undefined),
    "with an error of its own": ending((error) => {
      if (error !== undefined) throw new Error("watch failed");
    }),
  },
};
