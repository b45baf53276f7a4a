import {
  createEventBus,
  createSecretResolver,
  defineProvider,
  type SecretReference,
  SecretValue,
  type StoreDefinition,
} from "@sluice/core";
import type { Store } from "@sluice/kubernetes/stores";
import { STORE } from "../rules/rules.test-support.js";
import { type BorrowedResolver, SharedResolver } from "../stores/shared-resolver.js";

const KEPT: Store = { ...STORE, leases: "broker" };

/** A store whose every read issues a lease, as soon as it is let. */
export function leasing() {
  const taken: string[] = [];
  const revoked: string[] = [];
  const gate = { held: Promise.resolve() };
  const provider = defineProvider<object>({
    id: "leasing",
    optionsSchema: {},
    capabilities: {
      batchSize: 10,
      fields: "extracted",
      versions: { exact: false, label: false },
      leases: { renew: true, revoke: true },
    },
    create: () => ({
      resolve: async (requests) => {
        await gate.held;
        return requests.map(({ id, path }) => {
          const lease = `lease-${taken.push(path)}`;
          const value = SecretValue.fromText(`{"user":"${lease}","password":"p"}`);
          return { id, status: "found", value, lease: { id: lease, ttlMs: 600_000, renewable: true } };
        });
      },
      renewLease: async (id) => ({ id, ttlMs: 600_000, renewable: true }),
      revokeLease: async (id) => {
        revoked.push(id);
        return { status: "revoked" };
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  });
  const stores: Readonly<Record<string, StoreDefinition>> = { prod: provider({}) };
  const resolver = createSecretResolver({
    stores,
    events: createEventBus(),
    leases: { renew: true, revoke: false },
  });
  const shared = new SharedResolver(resolver);
  return { taken, revoked, gate, shared, pool: { borrow: async () => lent(shared) } };
}

export function lent(shared: SharedResolver): BorrowedResolver {
  const borrowed = shared.borrow();
  if (borrowed === undefined) throw new Error("It is closed");
  return borrowed;
}

export const referencesTo = (...references: SecretReference[]) =>
  new Map(
    references.map((reference) => [
      `secret://${reference.store}/${reference.path}${reference.key === undefined ? "" : `#${reference.key}`}`,
      { reference, store: { ...KEPT, name: reference.store } },
    ]),
  );
export const identityFor = () => undefined;
