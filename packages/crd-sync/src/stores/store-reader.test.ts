import { parseReference } from "@sluice/core";
import type { Store } from "@sluice/kubernetes/stores";
import { expect, it } from "vitest";
import { StoreReader } from "./store-reader.js";

const never = async (): Promise<never> => {
  throw new Error("asked");
};

it("a SecretStore is given tokens for audiences that the operator allows, and no others", async () => {
  const store = {
    kind: "SecretStore",
    name: "own",
    namespace: "shop",
    version: "1",
    identity: { as: "pod", tokenSource: "projected", audience: "theirs" },
    access: [{ namespaces: ["shop"], serviceAccounts: ["*"], paths: ["**"] }],
  } as unknown as Store;
  const reader = (allowed: readonly string[]): StoreReader =>
    new StoreReader({
      catalogue: { find: () => ({ status: "found", store }) },
      pool: { get: never, drop: () => undefined },
      onChange: () => undefined,
      tokens: { get: never },
      tokenAudiencesInNamespaces: allowed,
      signal: new AbortController().signal,
    });
  const who = { user: "u", namespace: "shop", serviceAccount: "web" };
  const settle = async (allowed: readonly string[]) =>
    reader(allowed).settle(who, [parseReference("secret://own/db")], new AbortController().signal);
  await expect(settle(["another"])).rejects.toMatchObject({ reason: "StoreInvalid" });
  await expect(settle(["theirs"])).rejects.toThrow("asked");
});

it("tells the syncs of some namespaces that name a store, and drops it only where it changed itself", () => {
  const dropped: string[] = [];
  const reader = new StoreReader({
    catalogue: { find: () => ({ status: "missing" }) },
    pool: { get: never, drop: ({ name }) => dropped.push(name) },
    onChange: () => undefined,
    tokens: { get: never },
    tokenAudiencesInNamespaces: [],
    signal: new AbortController().signal,
  });
  const note = (namespace: string, store: string): void =>
    reader.note({ user: `${namespace}-${store}`, namespace, serviceAccount: "web" }, new Set([store]));
  for (const namespace of ["shop", "pay"]) for (const store of ["one", "two"]) note(namespace, store);
  const key = { kind: "ClusterSecretStore", name: "one" } as const;
  expect(reader.usersOf(key, new Set(["pay", "other"]))).toEqual(new Set(["pay-one"]));
  expect(dropped).toEqual([]);
  expect(reader.drop(key)).toEqual(new Set(["shop-one", "pay-one"]));
  expect(reader.drop({ kind: "SecretStore", name: "one", namespace: "shop" })).toEqual(new Set(["shop-one"]));
  expect(dropped).toEqual(["one", "one"]);
});
