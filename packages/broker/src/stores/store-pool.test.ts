import {
  createEventBus,
  defineProvider,
  type SecretProvider,
  type SecretReference,
  SecretValue,
  SluiceError,
} from "@sluice/core";
import type { Store, StoreChange, StoreOptions } from "@sluice/kubernetes/stores";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RequestLeases } from "../leases/request-leases.js";
import { refusalOf, STORE } from "../rules/rules.test-support.js";
import { settleStores } from "./settle-stores.js";
import { StorePool } from "./store-pool.js";

afterEach(() => void vi.useRealTimers());

/** A pool over providers that say which of them was asked, and when they were closed. */
function openPool() {
  const made: { closed: boolean; environment: object; reads: number }[] = [];
  const listeners: ((change: StoreChange) => void)[] = [];
  const gate = { held: Promise.resolve() };
  let options: StoreOptions = { options: {}, environment: {}, version: "1" };
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: { type: "object", additionalProperties: false, properties: { a: { type: "integer" } } },
    capabilities: { batchSize: 10, fields: "extracted", versions: { exact: false, label: false } },
    create: (_, { environment }): SecretProvider => {
      const own = { closed: false, environment, reads: 0 };
      const value = SecretValue.fromText(String(made.push(own)));
      return {
        resolve: async (requests) => {
          own.reads += 1;
          await gate.held;
          return requests.map(({ id }) => ({ id, status: "found", value }));
        },
        [Symbol.asyncDispose]: async () => void (own.closed = true),
      };
    },
  });
  const pool = new StorePool(
    {
      onChange: (listener) => {
        listeners.push(listener);
        return { [Symbol.dispose]: () => void listeners.splice(0) };
      },
    },
    {
      providers: [provider],
      readOptions: async () => options,
      environment: { BROKER_TOKEN: "CANARY", KUBERNETES_SERVICE_HOST: "10.0.0.1" },
      baseDirectory: "/",
      events: createEventBus(),
    },
  );
  const read = async (store: Store): Promise<string> => {
    const reference: SecretReference = { store: store.name, path: "app/a" };
    const references = new Map([["r", { reference, store }]]);
    const { r } = await settleStores(pool, {
      references,
      identityFor: () => undefined,
      leases: new RequestLeases(),
    });
    return r?.status === "found" ? r.value.text() : `${r?.status} ${r?.reason}`;
  };
  return {
    pool,
    made,
    gate,
    read,
    setOptions: (next: StoreOptions) => (options = next),
    tell: (kind: StoreChange["kind"]) => {
      for (const listener of listeners) listener({ kind, key: { kind: STORE.kind, name: STORE.name } });
    },
  };
}

const settle = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("the resolver of a store", () => {
  it("serves until the store changes, then closes", async () => {
    const { read, made, tell, pool } = openPool();
    expect([await read(STORE), await read(STORE)]).toEqual(["1", "1"]);
    tell("changed");
    await vi.waitFor(() => expect(made[0]?.closed).toBe(true));
    expect(await read({ ...STORE, version: "2" })).toBe("2");
    // Also where the change was seen by the request before the catalogue told of it.
    expect(await read({ ...STORE, version: "3" })).toBe("3");
    await vi.waitFor(() => expect(made[1]?.closed).toBe(true));
    tell("removed");
    expect(pool.size).toBe(0);
    await vi.waitFor(() => expect(made[2]?.closed).toBe(true));
  });

  it("answers those it has before it closes", async () => {
    const { read, made, tell, gate } = openPool();
    const held = Promise.withResolvers<void>();
    gate.held = held.promise;
    const reading = read(STORE);
    await settle();
    tell("removed");
    await settle();
    expect(made[0]?.closed).toBe(false);
    held.resolve();
    expect(await reading).toBe("1");
    await vi.waitFor(() => expect(made[0]?.closed).toBe(true));
  });

  it("is made anew when a Secret that its options come from has changed, a minute later at most", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { read, setOptions } = openPool();
    const store: Store = {
      ...STORE,
      optionsFrom: [{ option: "a", secretKeyRef: { namespace: "n", name: "s", key: "k" } }],
    };
    expect(await read(store)).toBe("1");
    setOptions({ options: { a: 2 }, environment: {}, version: "2" });
    expect(await read(store)).toBe("1");
    vi.setSystemTime(Date.now() + 60_000);
    await read(store);
    await vi.waitFor(async () => expect(await read(store)).toBe("2"));
  });

  it("waits for as long as the store says, and keeps values for as long", async () => {
    const { read, gate, made } = openPool();
    gate.held = new Promise(() => undefined);
    const began = performance.now();
    expect(await read({ ...STORE, timeoutMs: 20 })).toMatch(/^unavailable /);
    // One attempt alone would take 5 seconds by default.
    expect(performance.now() - began).toBeLessThan(4_000);
    gate.held = Promise.resolve();
    vi.useFakeTimers({ toFake: ["Date"] });
    const short: Store = { ...STORE, version: "2", cacheTtlMs: 1_000 };
    const readsOf = (): number => made.at(-1)?.reads ?? 0;
    await read(short);
    await read(short);
    expect(readsOf()).toBe(1);
    vi.setSystemTime(Date.now() + 1_001);
    await read(short);
    expect(readsOf()).toBe(2);
  });

  it("gives a SecretStore none of the broker's own variables", async () => {
    const { read, made } = openPool();
    await read(STORE);
    await read({ ...STORE, kind: "SecretStore", namespace: "shop" });
    expect(made[0]?.environment).toMatchObject({ BROKER_TOKEN: "CANARY" });
    expect(made[1]?.environment).toEqual({ KUBERNETES_SERVICE_HOST: "10.0.0.1" });
  });

  it("fails its references, and tries again, when the store cannot be opened", async () => {
    const { read, setOptions, pool } = openPool();
    setOptions({ options: { a: "CANARY" }, environment: {}, version: "1" });
    expect(await read(STORE)).toBe("invalid store-invalid");
    const { detail } = await refusalOf(async () => pool.borrow(STORE));
    expect(detail.message).toBe("ClusterSecretStore prod cannot be used: options.a must be of type integer");
    // The same store, which nobody changed.
    setOptions({ options: {}, environment: {}, version: "1" });
    expect(await read(STORE)).toBe("1");
    expect(await read({ ...STORE, version: "2", provider: "none" })).toBe("invalid store-invalid");
    const identity = { as: "pod", tokenSource: "projected", audience: "x" } as const;
    expect(await read({ ...STORE, version: "3", identity })).toBe("invalid store-invalid");
  });
});

it("tells of a Secret that is missing by its own words", async () => {
  const missing = new SluiceError({ code: "SLU1103", kind: "configuration", problem: "p", remedy: "r" });
  const pool = { borrow: async () => Promise.reject(missing) };
  const reference: SecretReference = { store: "prod", path: "a" };
  const settled = await settleStores(pool, {
    references: new Map([["r", { reference, store: STORE }]]),
    identityFor: () => undefined,
    leases: new RequestLeases(),
  });
  expect(settled["r"]).toMatchObject({ status: "invalid", reason: "store-invalid", message: "p" });
});
