import type { StoreChange, StoreKey, StoreLookup } from "@sluice/kubernetes/stores";
import { expect, it } from "vitest";
import { watchedStores } from "./watched-stores.js";

const MISSING: StoreLookup = { status: "missing" };
const UNKNOWN: StoreLookup = { status: "unknown", problem: "no SecretStore is known yet" };
const KEY: StoreKey = { kind: "ClusterSecretStore", name: "own" };
const INVALID: StoreLookup = {
  status: "invalid",
  key: KEY,
  version: "u/1",
  problem: "x",
};
const { signal } = new AbortController();

/** A catalogue that says one thing at first, and another once it has changed. */
function catalogueOf(before: StoreLookup, after?: StoreLookup) {
  let now = before;
  const listeners = new Set<(change: StoreChange) => void>();
  return {
    listeners,
    find: () => now,
    ready: async () => {
      if (after === undefined) throw new Error("not in time");
      now = after;
      return Promise.resolve();
    },
    onChange: (listener: (change: StoreChange) => void) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    change: () => {
      now = after ?? now;
      for (const listener of listeners) listener({ kind: "added", key: KEY });
    },
  };
}

it("waits until all stores are known, and says so when they are not in time", async () => {
  const patience = { missingMs: 0 };
  const find = async (before: StoreLookup, after?: StoreLookup) =>
    watchedStores(catalogueOf(before, after), patience).find("shop", "own", signal);
  expect(await find(UNKNOWN, INVALID)).toBe(INVALID);
  expect(await find(UNKNOWN)).toBe(UNKNOWN);
  expect(await find(MISSING)).toBe(MISSING);
});

it("hears of a store that comes with its pod, and waits no longer than anybody does", async () => {
  const catalogue = catalogueOf(MISSING, INVALID);
  const found = watchedStores(catalogue, { missingMs: 60_000 }).find("shop", "own", signal);
  await expect.poll(() => catalogue.listeners.size).toBe(1);
  catalogue.change();
  expect(await found).toBe(INVALID);
  expect(catalogue.listeners.size).toBe(0);
  const gone = watchedStores(catalogueOf(MISSING), { missingMs: 60_000 });
  expect(await gone.find("shop", "own", AbortSignal.abort())).toBe(MISSING);
});
