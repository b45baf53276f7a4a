import { field, type KubernetesObject } from "@sluice/kubernetes";
import {
  ALLOW_DELETIONS,
  formatFault,
  schemaFaults,
  type StoreEntry,
  type StoreIdentity,
  type StoreKind,
  versionOf,
} from "@sluice/kubernetes/stores";
import { RE2JS, RE2JSException } from "re2js";
import { EXTERNAL_STORE_SCHEMA } from "./external-store-schema.js";
import { externalStoreName } from "./external-store-name.js";
import type { ExternalStore } from "./external-store.js";
import { mapAws, type ExternalAws } from "./map-aws.js";
import { mapAzure, type ExternalAzure } from "./map-azure.js";
import { mapKubernetes, type ExternalKubernetes } from "./map-kubernetes.js";
import { mapVault, type ExternalVault } from "./map-vault.js";
import type { NamespaceCondition } from "./namespace-conditions.js";
import { REFUSED_STORE_FIELDS } from "./refused-store-fields.js";
import type { StoreDraft, StorePlace } from "./store-draft.js";
import { StoreProblem } from "./store-problem.js";

/** Group of the kinds of the External Secrets Operator. */
export const EXTERNAL_GROUP = "external-secrets.io";

export interface ParseExternalStoreOptions {
  readonly apiVersion: string;
  /** Variables of the controller: where AWS is, if not in AWS. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Providers that a `SecretStore` may use with the controller's own credentials. */
  readonly brokerIdentityInNamespaces: readonly string[];
}

/** Keys that a store has, as far as it is covered: checked against the schema. */
interface ExternalStoreSpec {
  readonly provider: {
    readonly aws?: ExternalAws;
    readonly azurekv?: ExternalAzure;
    readonly vault?: ExternalVault;
    readonly kubernetes?: ExternalKubernetes;
  };
  readonly conditions?: readonly NamespaceCondition[];
  readonly controller?: string;
}

const PROVIDERS = ["aws", "azurekv", "vault", "kubernetes"];

/** A store of theirs as one of ours, or why it cannot be. Pure. */
export function parseExternalStore(
  kind: StoreKind,
  object: KubernetesObject,
  options: ParseExternalStoreOptions,
): StoreEntry {
  const { name: ownName, namespace, annotations = {} } = object.metadata;
  const key = {
    kind,
    name: externalStoreName({ kind, name: ownName }),
    ...(kind === "SecretStore" && namespace !== undefined && { namespace }),
  };
  const version = versionOf(object.metadata);
  const written = field(object, "spec");
  const problem = refusedField(written) ?? otherProvider(written) ?? faultsIn(written);
  if (problem !== undefined) return { status: "invalid", key, version, problem };
  const spec = written as ExternalStoreSpec;
  const { environment, apiVersion, brokerIdentityInNamespaces } = options;
  try {
    checkPatterns(spec.conditions);
    const draft = draftOf(spec, { ...key, environment });
    const until = Date.parse(annotations[ALLOW_DELETIONS] ?? "");
    const store: ExternalStore = {
      ...key,
      version,
      ownName,
      apiVersion,
      conditions: kind === "SecretStore" ? [] : (spec.conditions ?? []),
      provider: draft.provider,
      options: draft.options,
      optionsFrom: [],
      sources: draft.sources ?? [],
      variables: draft.variables ?? {},
      paths: draft.paths,
      identity: identityOf(kind, draft, brokerIdentityInNamespaces),
      leases: "refuse",
      suspended: false,
      ...(!Number.isNaN(until) && { deletionsAllowedUntil: until }),
      // Whoever may make an ExternalSecret in a namespace reads all of it, as with their operator.
      access: [{ namespaces: [namespace ?? "*"], serviceAccounts: ["*"], paths: ["**", "/**"] }],
    };
    return { status: "found", store };
  } catch (thrown) {
    if (!(thrown instanceof StoreProblem)) throw thrown;
    return { status: "invalid", key, version, problem: thrown.message };
  }
}

function draftOf({ provider, controller = "" }: ExternalStoreSpec, place: StorePlace): StoreDraft {
  if (controller !== "")
    throw new StoreProblem(
      "controller",
      "gives the store to a controller of theirs",
      "leave it out, or give what uses it the label sluice.dev/shard",
    );
  const { aws, azurekv, vault, kubernetes } = provider;
  if (aws !== undefined) return mapAws(aws, place);
  if (azurekv !== undefined) return mapAzure(azurekv, place);
  if (vault !== undefined) return mapVault(vault, place);
  return mapKubernetes(kubernetes ?? {}, place);
}

function identityOf(
  kind: StoreKind,
  { login, provider }: StoreDraft,
  allowed: readonly string[],
): StoreIdentity {
  if (typeof login === "object") {
    const { account, audience } = login;
    return { as: "pod", tokenSource: "tokenRequest", audience, account };
  }
  if (login === "controller" && kind === "SecretStore" && !allowed.includes(provider))
    throw new StoreProblem(
      "provider",
      "names nothing to log in with, and a SecretStore may not use the controller's credentials",
      "name a Secret or a service account, use a ClusterSecretStore, or have the operator of the controller allow " +
        `${provider} by --broker-identity-in-namespaces`,
    );
  return { as: "broker" };
}

function refusedField(spec: unknown): string | undefined {
  for (const [path, why, instead] of REFUSED_STORE_FIELDS) {
    const found = path.split(".").reduce<unknown>((part, name) => field(part, name), spec);
    if (found !== undefined && found !== null) return `spec.${path} ${why}: ${instead}`;
  }
  return undefined;
}

function otherProvider(spec: unknown): string | undefined {
  const provider = field(spec, "provider");
  if (typeof provider !== "object" || provider === null) return undefined;
  const other = Object.keys(provider).find((name) => !PROVIDERS.includes(name));
  if (other === undefined) return undefined;
  return `spec.provider.${other} is not covered: leave this store to External Secrets, or use ${PROVIDERS.join(", ")}`;
}

function faultsIn(spec: unknown): string | undefined {
  const faults = schemaFaults(EXTERNAL_STORE_SCHEMA, spec);
  if (faults.length === 0) return undefined;
  return faults.map(({ path, problem }) => formatFault({ path: ["spec", ...path], problem })).join("; ");
}

function checkPatterns(conditions: readonly NamespaceCondition[] = []): void {
  for (const { namespaceRegexes = [] } of conditions)
    for (const pattern of namespaceRegexes)
      try {
        RE2JS.compile(pattern);
      } catch (thrown) {
        if (!(thrown instanceof RE2JSException)) throw thrown;
        throw new StoreProblem(
          "conditions.namespaceRegexes",
          "has an entry that is no regular expression of RE2",
          "correct it",
        );
      }
}
