import type { AccessRule } from "@sluice/core";
import type { ObjectMeta } from "../objects/kubernetes-object.js";

/** `SecretStore` is of one namespace, `ClusterSecretStore` of all that its access rules name. */
export type StoreKind = "SecretStore" | "ClusterSecretStore";

/** What tells a store from every other. */
export interface StoreKey {
  readonly kind: StoreKind;
  /** STORE of `secret://STORE/…`. */
  readonly name: string;
  /** Of a `SecretStore` only. */
  readonly namespace?: string;
}

/** A store as it was declared, checked and with its defaults filled in. */
export interface Store extends StoreKey {
  /** Another one whenever anything of it changed, also when it was deleted and made again. */
  readonly version: string;
  /** Id of a provider. */
  readonly provider: string;
  /** Options of the provider, to be checked against its schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What {@link readStoreOptions} adds to them. */
  readonly optionsFrom: readonly OptionSource[];
  readonly identity: StoreIdentity;
  /** Whether references that give a lease are refused, or the broker keeps their leases. */
  readonly leases: "refuse" | "broker";
  /** How long a value is used without asking again, in milliseconds; absent: the reader's default. */
  readonly cacheTtlMs?: number;
  /** Time for reading what one request asks of it, in milliseconds; absent: the reader's default. */
  readonly timeoutMs?: number;
  /** Nobody reads from it for now. */
  readonly suspended: boolean;
  /** Until when whoever deletes on absence may go on, however much is gone; milliseconds since the epoch. */
  readonly deletionsAllowedUntil?: number;
  /** Who may read what; of a `SecretStore` every rule has its own namespace. */
  readonly access: readonly AccessRule[];
}

/** Whose credentials the provider logs in with: the broker's own, or those of the pod that asks. */
export type StoreIdentity =
  | { readonly as: "broker" }
  | {
      readonly as: "pod";
      /** `projected`: the pod sends a token it was given; `tokenRequest`: the broker asks for one, bound to the pod. */
      readonly tokenSource: "projected" | "tokenRequest";
      readonly audience: string;
      /** The service account that logs in, whoever asks; absent: that of whoever asks. */
      readonly account?: { readonly namespace: string; readonly serviceAccount: string };
    };

/** An option, or a variable for the provider, whose value a Secret has. */
export interface OptionSource {
  /** Name of the option; a dot leads into an object: `auth.token`. */
  readonly option?: string;
  /** Instead: name of the variable that the provider reads: `VAULT_TOKEN`. */
  readonly variable?: string;
  readonly secretKeyRef: SecretKeyReference;
}

/** One key of a Secret. */
export interface SecretKeyReference {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** A store's key as text, for maps and messages: `SecretStore shop/prod`. */
export function storeId({ kind, name, namespace }: StoreKey): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The version of a store in a cluster; its status does not count. */
export function versionOf({ uid = "", generation = 0 }: ObjectMeta): string {
  return `${uid}/${generation}`;
}
