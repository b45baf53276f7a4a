import type { KubernetesObject } from "../objects/kubernetes-object.js";
import type { ObjectCondition } from "../objects/object-condition.js";
import type { StoreKind } from "./store.js";

/** A `SecretStore` or `ClusterSecretStore` as it stands in a manifest. */
export interface StoreManifest extends KubernetesObject {
  readonly apiVersion: "sluice.dev/v1alpha1";
  readonly kind: StoreKind;
  readonly spec: StoreSpec;
  readonly status?: StoreStatus;
}

/** `spec` of both kinds. Defaults are those of {@link STORE_SCHEMA}. */
export interface StoreSpec {
  readonly provider: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly optionsFrom?: readonly StoreOptionSource[];
  /** `broker` by default for a `ClusterSecretStore`, `pod` for a `SecretStore`. */
  readonly identity?: "broker" | "pod";
  readonly tokenSource?: "projected" | "tokenRequest";
  readonly tokenAudience?: string;
  readonly leases?: "refuse" | "broker";
  readonly cache?: { readonly ttlSeconds?: number };
  readonly timeoutSeconds?: number;
  readonly suspend?: boolean;
  readonly access?: readonly StoreAccessRule[];
}

/** An option, or a variable, of a store that a Secret holds. */
export interface StoreOptionSource {
  readonly option?: string;
  readonly variable?: string;
  readonly secretKeyRef: {
    readonly name: string;
    readonly key: string;
    /** Of a `ClusterSecretStore` only. */
    readonly namespace?: string;
  };
}

/** Who may read which paths of a store. */
export interface StoreAccessRule {
  /** Of a `ClusterSecretStore` only. */
  readonly namespaces?: readonly string[];
  readonly serviceAccounts: readonly string[];
  readonly paths: readonly string[];
}

/** What was found when a store was last looked at. */
export interface StoreStatus {
  /** `metadata.generation` that the status is about. */
  readonly observedGeneration?: number;
  /** When the store was last looked at and this written, RFC 3339. */
  readonly checkedAt?: string;
  readonly conditions?: readonly StoreCondition[];
}

/** The condition of a store. */
export interface StoreCondition extends ObjectCondition {
  readonly type: "Ready";
}
