import {
  createEventBus,
  createSecretResolver,
  defineProvider,
  type SecretProvider,
  type StoreDefinition,
} from "@sluice/core";
import { KubernetesError } from "@sluice/kubernetes";
import type { Store } from "@sluice/kubernetes/stores";
import { expect, it, vi } from "vitest";
import { refuse } from "../refusals.js";
import { STORE } from "../rules/rules.test-support.js";
import { checkStore } from "./check-store.js";
import { SharedResolver } from "./shared-resolver.js";

const signal = new AbortController().signal;
const POD_STORE: Store = {
  ...STORE,
  identity: { as: "pod", tokenSource: "projected", audience: "vault" },
};

/** A pool over a provider with this check, or without one. */
function poolOf(check?: NonNullable<SecretProvider["check"]>) {
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: {},
    capabilities: {
      batchSize: 1,
      fields: "extracted",
      versions: { exact: false, label: false },
      ...(check !== undefined && { check: true }),
    },
    create: () => ({ resolve: async () => [], ...(check !== undefined && { check }) }),
  });
  const stores: Readonly<Record<string, StoreDefinition>> = { prod: provider({}) };
  const shared = new SharedResolver(createSecretResolver({ stores, events: createEventBus() }));
  const borrow = async () => {
    const borrowed = shared.borrow();
    if (borrowed === undefined) throw new Error("It is closed");
    return borrowed;
  };
  return { pool: { borrow, refresh: async () => undefined }, shared };
}

const rejecting = (error: Error) => ({
  borrow: async () => {
    throw error;
  },
  refresh: async () => undefined,
});

it("says what the provider found", async () => {
  const finding = { aspect: "reachable", status: "ok", message: "it answers" } as const;
  const { pool } = poolOf(async () => ({ findings: [finding] }));
  expect(await checkStore(pool, STORE, signal)).toEqual({
    ready: true,
    reason: "Checked",
    message: "The store answers",
  });
});

it("says that it is open where nobody can look, and returns what it borrowed", async () => {
  const { pool, shared } = poolOf();
  expect(await checkStore(pool, STORE, signal)).toMatchObject({ ready: true, reason: "Opened" });
  await shared.retire();
});

it("logs in to a store that acts as the pod as nobody else", async () => {
  const check = vi.fn<NonNullable<SecretProvider["check"]>>();
  const { pool } = poolOf(check);
  expect(await checkStore(pool, POD_STORE, signal)).toMatchObject({ ready: true, reason: "Opened" });
  expect(check).not.toHaveBeenCalled();
});

it.each([
  [
    "options that are wrong",
    refuse("store-invalid", "options.a is wrong"),
    "Invalid",
    /^options\.a is wrong$/,
  ],
  [
    "a Secret that cannot be read",
    new KubernetesError({ kind: "answered", reason: "Forbidden", problem: "refused", status: 403 }),
    "CheckFailed",
    /^The Kubernetes API refused$/,
  ],
  ["a fault of others", new TypeError("CANARY"), "CheckFailed", /^The check failed \(TypeError\)$/],
])("says that it is not ready for %s, and quotes nothing", async (_, error, reason, message) => {
  expect(await checkStore(rejecting(error), STORE, signal)).toEqual({
    ready: false,
    reason,
    message: expect.stringMatching(message),
  });
});
