import type { ExternalPaths } from "./external-store.js";
import { accountLogin, type AccountSelector, type KeySelector, keySource } from "./store-draft.js";
import type { StoreDraft, StorePlace } from "./store-draft.js";
import { StoreProblem } from "./store-problem.js";

/** `provider.azurekv` of theirs, as far as it is covered. */
export interface ExternalAzure {
  readonly vaultUrl: string;
  readonly authType?: "ServicePrincipal" | "ManagedIdentity" | "WorkloadIdentity";
  readonly tenantId?: string;
  readonly environmentType?: "PublicCloud" | "USGovernmentCloud" | "ChinaCloud";
  readonly authSecretRef?: {
    readonly clientId?: KeySelector;
    readonly tenantId?: KeySelector;
    readonly clientSecret?: KeySelector;
  };
  readonly serviceAccountRef?: AccountSelector;
  readonly identityId?: string;
}

const FIELD = "provider.azurekv";
const AUDIENCE = "api://AzureADTokenExchange";
const CLOUDS = { PublicCloud: "public", USGovernmentCloud: "government", ChinaCloud: "china" } as const;
const SUFFIXES = {
  PublicCloud: ".vault.azure.net",
  USGovernmentCloud: ".vault.usgovcloudapi.net",
  ChinaCloud: ".vault.azure.cn",
} as const;

/** Azure Key Vault, as one of our stores. Pure. @throws {StoreProblem} */
export function mapAzure(azure: ExternalAzure, place: StorePlace): StoreDraft {
  const { environmentType = "PublicCloud" } = azure;
  return {
    provider: "azure-key-vault",
    paths: PATHS,
    ...loginOf(azure, place, {
      ...vaultOf(azure.vaultUrl, SUFFIXES[environmentType]),
      cloud: CLOUDS[environmentType],
    }),
  };
}

/** By its name where that is enough, which dials nothing but Azure. */
function vaultOf(url: string, suffix: string): Readonly<Record<string, string>> {
  const host = URL.parse(url)?.host ?? "";
  const name = host.endsWith(suffix) ? host.slice(0, -suffix.length) : "";
  return /^[a-z](?:-?[0-9a-z]){2,23}$/i.test(name) ? { vault: name } : { url };
}

function loginOf(
  azure: ExternalAzure,
  place: StorePlace,
  options: Readonly<Record<string, string>>,
): Pick<StoreDraft, "login" | "options" | "sources"> {
  const { authType = "ServicePrincipal", tenantId, authSecretRef = {}, serviceAccountRef } = azure;
  if (authType === "ManagedIdentity") {
    const { identityId } = azure;
    const managedIdentity = { ...(identityId !== undefined && { clientId: identityId }) };
    return { login: "controller", options: { ...options, auth: { managedIdentity } } };
  }
  const ref = (name: "clientId" | "tenantId" | "clientSecret", option: string) => {
    const selector = authSecretRef[name];
    if (selector === undefined) return [];
    const target = name === "clientSecret" ? { variable: option } : { option };
    return [keySource(place, `${FIELD}.authSecretRef.${name}`, selector, target)];
  };
  if (authType === "WorkloadIdentity") {
    if (serviceAccountRef === undefined) {
      const workloadIdentity = { ...(tenantId !== undefined && { tenantId }) };
      const sources = [
        ...ref("clientId", "auth.workloadIdentity.clientId"),
        ...(tenantId === undefined ? ref("tenantId", "auth.workloadIdentity.tenantId") : []),
      ];
      return { login: "controller", options: { ...options, auth: { workloadIdentity } }, sources };
    }
    const field = `${FIELD}.serviceAccountRef`;
    const login = accountLogin(place, field, serviceAccountRef, AUDIENCE);
    const annotated = (name: "clientId" | "tenantId", annotation: string) => {
      const named = ref(name, `delegation.${name}`);
      if (named.length > 0) return named;
      const { namespace, serviceAccount } = login.account;
      const at = { namespace, name: serviceAccount, annotation };
      return [
        {
          place: field,
          target: { option: `delegation.${name}` },
          from: { kind: "ServiceAccount", at } as const,
        },
      ];
    };
    return {
      login,
      options: { ...options, ...(tenantId !== undefined && { delegation: { tenantId } }) },
      sources: [
        ...annotated("clientId", "azure.workload.identity/client-id"),
        ...(tenantId === undefined ? annotated("tenantId", "azure.workload.identity/tenant-id") : []),
      ],
    };
  }
  for (const name of ["clientId", "clientSecret"] as const)
    if (authSecretRef[name] === undefined)
      throw new StoreProblem(
        `${FIELD}.authSecretRef.${name}`,
        "is missing, and a service principal logs in with it",
        "name the key of a Secret",
      );
  if (tenantId === undefined && authSecretRef.tenantId === undefined)
    throw new StoreProblem(`${FIELD}.tenantId`, "is missing", "name the tenant of the service principal");
  const clientSecret = { variable: SECRET, ...(tenantId !== undefined && { tenantId }) };
  return {
    login: "own",
    options: { ...options, auth: { clientSecret } },
    sources: [
      ...ref("clientId", "auth.clientSecret.clientId"),
      ...(tenantId === undefined ? ref("tenantId", "auth.clientSecret.tenantId") : []),
      ...ref("clientSecret", SECRET),
    ],
  };
}

const SECRET = "EXTERNAL_CLIENT_SECRET";

const PATHS: ExternalPaths = {
  pathOf: (key) => {
    if (/^(cert|key)\//.test(key))
      return {
        problem:
          "names a certificate or a key, which are given otherwise here: read them by a SecretSync, " +
          "as certificates/NAME#crt or keys/NAME, or the certificate's secret as secret/NAME",
      };
    return key.replace(/^secret\//, "");
  },
  prefixOf: (path) => path,
  nameOf: (path) => (path.includes("/") ? undefined : path),
  versionOf: (version) => ({ version }),
};
