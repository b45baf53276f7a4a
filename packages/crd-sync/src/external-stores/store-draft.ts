import type { SecretKeyReference, StoreKind } from "@sluice/kubernetes/stores";
import type { ExternalPaths, ExternalSource } from "./external-store.js";
import { StoreProblem } from "./store-problem.js";

/** What a provider of theirs comes to with us. */
export interface StoreDraft {
  readonly provider: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sources?: readonly ExternalSource[];
  readonly variables?: Readonly<Record<string, string>>;
  /** `own`: it logs in with what the store names; `controller`: with the controller's credentials; else as an account. */
  readonly login: "own" | "controller" | AccountLogin;
  readonly paths: ExternalPaths;
}

export interface AccountLogin {
  readonly account: { readonly namespace: string; readonly serviceAccount: string };
  readonly audience: string;
}

/** Where a store is, and what the controller adds. */
export interface StorePlace {
  readonly kind: StoreKind;
  /** Of a `SecretStore`. */
  readonly namespace?: string;
  /** Variables of the controller. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** `SecretKeySelector` of theirs. */
export interface KeySelector {
  readonly name: string;
  readonly key?: string;
  readonly namespace?: string;
}

/** `ServiceAccountSelector` of theirs. */
export interface AccountSelector {
  readonly name: string;
  readonly namespace?: string;
  readonly audiences?: readonly string[];
}

/** `CAProvider` of theirs. */
export interface CaProvider {
  readonly type: "Secret" | "ConfigMap";
  readonly name: string;
  readonly key?: string;
  readonly namespace?: string;
}

/** Namespace of what a store names: its own, or with a `ClusterSecretStore` the one that stands there. */
export function namespaceFor(place: StorePlace, field: string, named: string | undefined): string {
  if (place.namespace !== undefined) {
    if (named === undefined || named === place.namespace) return place.namespace;
    throw new StoreProblem(
      `${field}.namespace`,
      "names another namespace than the SecretStore's",
      "leave it out, or use a ClusterSecretStore",
    );
  }
  if (named !== undefined) return named;
  throw new StoreProblem(
    `${field}.namespace`,
    "is missing, and what a ClusterSecretStore logs in with is not taken from whichever namespace uses it",
    "name the namespace, or use a SecretStore in each",
  );
}

/** A key of a Secret, as a source of a variable or an option. */
export function keySource(
  place: StorePlace,
  field: string,
  selector: KeySelector,
  target: ExternalSource["target"],
  standardKey?: string,
): ExternalSource {
  const { name, key = standardKey } = selector;
  if (key === undefined) throw new StoreProblem(`${field}.key`, "is missing", "name the key of the Secret");
  const at: SecretKeyReference = { namespace: namespaceFor(place, field, selector.namespace), name, key };
  return { place: field, target, from: { kind: "Secret", at } };
}

/** The login as a service account that a store names. */
export function accountLogin(
  place: StorePlace,
  field: string,
  { name, namespace, audiences = [] }: AccountSelector,
  standardAudience: string,
): AccountLogin {
  if (audiences.length > 1)
    throw new StoreProblem(
      `${field}.audiences`,
      "names several audiences, and a token is asked for with one",
      "leave the one that the provider trusts",
    );
  return {
    account: { namespace: namespaceFor(place, field, namespace), serviceAccount: name },
    audience: audiences[0] ?? standardAudience,
  };
}

/** Certificates of an authority: written in the store, or in an object that it names. */
export function trustOf(
  place: StorePlace,
  field: string,
  { caBundle, caProvider }: { readonly caBundle?: string; readonly caProvider?: CaProvider },
  option: string,
): { readonly options: Readonly<Record<string, string>>; readonly sources: readonly ExternalSource[] } {
  if (caBundle !== undefined && caBundle !== "") {
    const text = Buffer.from(caBundle, "base64").toString();
    if (!isPem(text))
      throw new StoreProblem(`${field}.caBundle`, "is no PEM in base64", "encode the certificate's PEM");
    return { options: { [option]: text }, sources: [] };
  }
  if (caProvider === undefined) return { options: {}, sources: [] };
  const { type, name, key = "ca.crt", namespace } = caProvider;
  const at = { namespace: namespaceFor(place, `${field}.caProvider`, namespace), name, key };
  const source: ExternalSource = {
    place: `${field}.caProvider`,
    target: { certificates: option },
    from: { kind: type, at },
  };
  return { options: {}, sources: [source] };
}

/** Whether a text is certificates, and no name of a file. */
export function isPem(text: string): boolean {
  return /^\s*-----BEGIN [A-Z ]*CERTIFICATE-----/.test(text);
}
