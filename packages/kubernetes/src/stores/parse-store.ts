import type { AccessRule, JsonSchema } from "@sluice/core";
import { schemaFaults, strict } from "./schema-faults.js";
import { broken, each } from "./schema-rules.js";
import type { StoreFault } from "./store-fault.js";
import type { StoreSpec } from "./store-manifest.js";
import { accessRules, NAME_RULE, optionRules, PATH_RULE, SPEC_RULES } from "./store-rules.js";
import { storeSchema } from "./store-schema.js";
import { storeId, type Store, type StoreIdentity, type StoreKey, type StoreKind } from "./store.js";

/** A store, or everything that is wrong with its declaration. */
export type ParsedStore =
  | { readonly store: Store; readonly faults?: undefined }
  | { readonly store?: undefined; readonly faults: readonly [StoreFault, ...StoreFault[]] };

/**
 * Reads the `spec` of a store. A key that is not known is a fault, in a cluster too: it may be a restriction that
 * a later version knows.
 *
 * @param spec whatever stands there
 */
export function parseStore(key: StoreKey, version: string, spec: unknown): ParsedStore {
  const faults = findFaults(key, spec);
  const [first, ...others] = faults;
  if (first !== undefined) return { faults: [first, ...others] };
  return { store: toStore(key, version, spec as StoreSpec) };
}

const SCHEMAS: Readonly<Record<StoreKind, () => JsonSchema>> = {
  SecretStore: once(() => strict(storeSchema("SecretStore"))),
  ClusterSecretStore: once(() => strict(storeSchema("ClusterSecretStore"))),
};

function findFaults(key: StoreKey, value: unknown): StoreFault[] {
  const faults = schemaFaults(SCHEMAS[key.kind](), value);
  if (faults.length > 0) return faults;
  const spec = value as StoreSpec;
  const filled = { ...spec, identity: spec.identity ?? defaultIdentity(key.kind) };
  return [
    ...broken([NAME_RULE], key.name, []),
    ...broken(SPEC_RULES, filled, []),
    ...each(spec.optionsFrom, (source, at) => broken(optionRules(key.kind), source, ["optionsFrom", at])),
    ...each(spec.access, (rule, at) => [
      ...broken(accessRules(key.kind), rule, ["access", at]),
      ...each(rule.paths, (path, index) => broken([PATH_RULE], path, ["access", at, "paths", index])),
    ]),
  ];
}

function toStore(key: StoreKey, version: string, spec: StoreSpec): Store {
  return {
    ...key,
    version,
    provider: spec.provider,
    options: spec.options ?? {},
    optionsFrom: (spec.optionsFrom ?? []).map(({ secretKeyRef, ...target }) => ({
      ...target,
      secretKeyRef: { ...secretKeyRef, namespace: namespaceOf(key, secretKeyRef.namespace) },
    })),
    identity: toIdentity(key.kind, spec),
    leases: spec.leases ?? "refuse",
    ...(spec.cache?.ttlSeconds !== undefined && { cacheTtlMs: spec.cache.ttlSeconds * 1000 }),
    ...(spec.timeoutSeconds !== undefined && { timeoutMs: spec.timeoutSeconds * 1000 }),
    suspended: spec.suspend ?? false,
    access: (spec.access ?? []).map(({ namespaces, serviceAccounts, paths }): AccessRule => ({
      namespaces: key.namespace === undefined ? (namespaces ?? []) : [key.namespace],
      serviceAccounts,
      paths,
    })),
  };
}

function toIdentity(kind: StoreKind, spec: StoreSpec): StoreIdentity {
  const { identity = defaultIdentity(kind), tokenSource = "projected", tokenAudience = "" } = spec;
  return identity === "broker" ? { as: "broker" } : { as: "pod", tokenSource, audience: tokenAudience };
}

function defaultIdentity(kind: StoreKind): "broker" | "pod" {
  return kind === "SecretStore" ? "pod" : "broker";
}

/** Of a `SecretStore` its own, whatever is written. */
function namespaceOf(key: StoreKey, named: string | undefined): string {
  const namespace = key.namespace ?? named;
  if (namespace === undefined) throw new TypeError(`${storeId(key)} has a Secret without a namespace`);
  return namespace;
}

function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}
