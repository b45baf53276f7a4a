import { defineProvider, parseReference, type SecretOutcome, SecretValue } from "@sluice/core";
import type { KubernetesClient } from "@sluice/kubernetes";
import type { Store, StoreCatalogue } from "@sluice/kubernetes/stores";
import { describe, expect, it } from "vitest";
import { STORE } from "../rules/rules.test-support.js";
import { createStoreReader } from "./store-reader.js";

const ACCESS = [{ namespaces: ["shop"], serviceAccounts: ["objects"], paths: ["app/*"] }];
const LEASE = { id: "lease-1", ttlMs: 60_000, renewable: true };
const { signal } = new AbortController();

/** A reader over a store that knows every path; what begins with `app/leased` comes with a lease. */
function readerOf(change: Partial<Store> = {}) {
  const asked: string[] = [];
  const revoked: string[] = [];
  const provider = defineProvider<object>({
    id: STORE.provider,
    optionsSchema: {},
    capabilities: {
      batchSize: 10,
      fields: "extracted",
      versions: { exact: false, label: false },
      leases: { renew: true, revoke: true },
      delegation: true,
    },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id, path }): SecretOutcome => {
          asked.push(path);
          return {
            id,
            status: "found",
            value: SecretValue.fromText("VALUE-5c1e"),
            ...(path.startsWith("app/leased") && { lease: LEASE }),
          };
        }),
      renewLease: async () => LEASE,
      revokeLease: async (leaseId) => {
        revoked.push(leaseId);
        return { status: "revoked" };
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  });
  const store: Store = {
    ...STORE,
    options: {},
    optionsFrom: [],
    access: ACCESS,
    identity: { as: "broker" },
    ...change,
  };
  const catalogue: Pick<StoreCatalogue, "find" | "onChange"> = {
    find: (_, name) => (name === store.name ? { status: "found", store } : { status: "missing" }),
    onChange: () => ({ [Symbol.dispose]: () => undefined }),
  };
  const reader = createStoreReader({
    client: {} as KubernetesClient,
    catalogue: catalogue as StoreCatalogue,
    providers: [provider],
    environment: {},
    baseDirectory: "/",
  });
  const read = async (...paths: readonly string[]) => {
    const references = paths.map((path) => `secret://${store.name}/${path}`);
    const wanted = new Map(references.map((reference) => [reference, parseReference(reference)]));
    return Array.from(
      await reader.read(wanted, { namespace: "shop", serviceAccount: "objects" }, signal),
      ([reference, outcome]) => [reference, outcome.status === "found" ? "found" : outcome.reason],
    );
  };
  return { read, asked, revoked, reader };
}

describe("a reader for whoever is no pod", () => {
  it("reads what the access list gives the account that it is asked in the name of", async () => {
    const { read, asked, reader } = readerOf();
    expect(await read("app/db", "app/key")).toEqual([
      [`secret://${STORE.name}/app/db`, "found"],
      [`secret://${STORE.name}/app/key`, "found"],
    ]);
    expect(asked).toEqual(["app/db", "app/key"]);
    await reader[Symbol.asyncDispose]();
  });

  it("asks for nothing unless all may be read", async () => {
    const { read, asked, reader } = readerOf();
    expect(await read("app/db", "other/db")).toEqual([[`secret://${STORE.name}/other/db`, "not-authorized"]]);
    expect(asked).toEqual([]);
    await reader[Symbol.asyncDispose]();
  });

  it("is no pod, so a store that acts as one is refused", async () => {
    const identity = { as: "pod", tokenSource: "projected", audience: "vault" } as const;
    const { read, asked, reader } = readerOf({ identity });
    expect(await read("app/db")).toEqual([[`secret://${STORE.name}/app/db`, "acts-as-pod"]]);
    expect(asked).toEqual([]);
    await reader[Symbol.asyncDispose]();
  });

  it.each(["broker", "refuse"] as const)("gives leases back, with leases: %s", async (leases) => {
    const { read, revoked, reader } = readerOf({ leases });
    expect(await read("app/db", "app/leased")).toEqual([
      [`secret://${STORE.name}/app/db`, "found"],
      [`secret://${STORE.name}/app/leased`, "lease-refused"],
    ]);
    expect(revoked).toContain("lease-1");
    await reader[Symbol.asyncDispose]();
  });
});
