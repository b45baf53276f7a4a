import { describe, expect, it } from "vitest";
import { externalStoreName } from "./external-store-name.js";
import { type ExternalStore, isExternalStore } from "./external-store.js";
import { parseExternalStore } from "./parse-external-store.js";

const AT = { namespace: "shop", name: "creds" };
const KEY = { name: "creds", key: "k" };

function entry(
  provider: object,
  { kind = "SecretStore", more = {}, allowed = [] as string[], env = {} } = {},
) {
  const isCluster = kind === "ClusterSecretStore";
  const metadata = { name: "st.ore", uid: "u", generation: 3, resourceVersion: "1" };
  return parseExternalStore(
    isCluster ? "ClusterSecretStore" : "SecretStore",
    {
      metadata: { ...metadata, ...(!isCluster && { namespace: "shop" }) },
      spec: { provider, ...more },
    } as never,
    { apiVersion: "external-secrets.io/v1", environment: env, brokerIdentityInNamespaces: allowed },
  );
}

function store(...args: Parameters<typeof entry>): ExternalStore {
  const found = entry(...args);
  if (found.status !== "found" || !isExternalStore(found.store)) throw new Error(JSON.stringify(found));
  return found.store;
}

function problem(...args: Parameters<typeof entry>): string {
  const found = entry(...args);
  if (found.status !== "invalid") throw new Error(JSON.stringify(found));
  return found.problem;
}

const VAULT = { server: "https://vault.example", path: "secret", auth: { tokenSecretRef: KEY } };
const AWS = { service: "SecretsManager", region: "eu-central-1" };
const AZURE = { vaultUrl: "https://shop.vault.azure.net", tenantId: "t" };

it("is called by a label that says which one of which kind it is", () => {
  const names = [
    externalStoreName({ kind: "SecretStore", name: "aws" }),
    externalStoreName({ kind: "ClusterSecretStore", name: "aws" }),
    externalStoreName({ kind: "SecretStore", name: "a.ws" }),
    externalStoreName({ kind: "SecretStore", name: `${"x".repeat(100)}.y` }),
  ];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  expect(store({ vault: VAULT })).toMatchObject({ ownName: "st.ore", version: "u/3", namespace: "shop" });
});

describe("logins", () => {
  const secret = (target: object, place: string, key = "k") => ({
    place,
    target,
    from: { kind: "Secret", at: { ...AT, key } },
  });
  it.each<[string, object, object]>([
    [
      "a token of Vault",
      { vault: VAULT },
      {
        provider: "vault",
        options: {
          address: "https://vault.example",
          kvVersion: 2,
          auth: { token: { tokenVariable: "EXTERNAL_CREDENTIAL" } },
        },
        sources: [secret({ variable: "EXTERNAL_CREDENTIAL" }, "provider.vault.auth.tokenSecretRef")],
        identity: { as: "broker" },
      },
    ],
    [
      "an AppRole",
      {
        vault: {
          ...VAULT,
          version: "v1",
          namespace: "n",
          auth: { appRole: { path: "ar", roleId: "r", secretRef: KEY } },
        },
      },
      { options: { kvVersion: 1, namespace: "n", auth: { approle: { mount: "ar", roleId: "r" } } } },
    ],
    [
      "a service account at Vault",
      {
        vault: {
          ...VAULT,
          auth: { kubernetes: { role: "r", serviceAccountRef: { name: "web", audiences: ["v"] } } },
        },
      },
      {
        options: { auth: { kubernetes: { mount: "kubernetes", role: "r", audience: "v" } } },
        identity: { as: "pod", audience: "v", account: { namespace: "shop", serviceAccount: "web" } },
        sources: [],
      },
    ],
    [
      "a service account at Vault, for the audience of the API server",
      { vault: { ...VAULT, auth: { kubernetes: { role: "r", serviceAccountRef: { name: "web" } } } } },
      { identity: { audience: "https://kubernetes.default.svc" } },
    ],
    [
      "a JSON Web Token of a service account",
      {
        vault: {
          ...VAULT,
          auth: { jwt: { role: "r", kubernetesServiceAccountToken: { serviceAccountRef: { name: "web" } } } },
        },
      },
      { options: { auth: { jwt: { audience: "vault" } } }, identity: { as: "pod", audience: "vault" } },
    ],
    [
      "keys of AWS, and roles",
      {
        aws: {
          ...AWS,
          role: "arn:aws:iam::123456789012:role/b",
          additionalRoles: ["arn:aws:iam::123456789012:role/a"],
          externalID: "x1",
          auth: { secretRef: { accessKeyIDSecretRef: KEY, secretAccessKeySecretRef: KEY } },
        },
      },
      {
        provider: "secrets-manager",
        options: {
          region: "eu-central-1",
          assumeRoles: [
            { roleArn: "arn:aws:iam::123456789012:role/a", externalId: "x1" },
            { roleArn: "arn:aws:iam::123456789012:role/b", externalId: "x1" },
          ],
        },
        variables: { AWS_PROFILE: "", AWS_SESSION_TOKEN: "" },
        identity: { as: "broker" },
      },
    ],
    [
      "a service account at AWS, by its annotation",
      { aws: { ...AWS, service: "ParameterStore", auth: { jwt: { serviceAccountRef: { name: "web" } } } } },
      {
        provider: "ssm",
        options: { delegation: { audience: "sts.amazonaws.com" } },
        identity: { as: "pod", audience: "sts.amazonaws.com" },
        sources: [
          {
            target: { option: "delegation.roleArn" },
            from: {
              kind: "ServiceAccount",
              at: { namespace: "shop", name: "web", annotation: "eks.amazonaws.com/role-arn" },
            },
          },
        ],
      },
    ],
    [
      "a service principal",
      { azurekv: { ...AZURE, authSecretRef: { clientId: KEY, clientSecret: KEY } } },
      {
        provider: "azure-key-vault",
        options: { vault: "shop", cloud: "public", auth: { clientSecret: { tenantId: "t" } } },
        sources: [
          { target: { option: "auth.clientSecret.clientId" } },
          { target: { variable: "EXTERNAL_CLIENT_SECRET" } },
        ],
      },
    ],
    [
      "a workload identity",
      {
        azurekv: {
          vaultUrl: AZURE.vaultUrl,
          authType: "WorkloadIdentity",
          serviceAccountRef: { name: "web" },
        },
      },
      {
        identity: { as: "pod", audience: "api://AzureADTokenExchange" },
        sources: [
          { target: { option: "delegation.clientId" } },
          { target: { option: "delegation.tenantId" } },
        ],
      },
    ],
    [
      "a vault by its address",
      {
        azurekv: {
          ...AZURE,
          vaultUrl: "https://kv.internal",
          authSecretRef: { clientId: KEY, clientSecret: KEY },
        },
      },
      { options: { url: "https://kv.internal" } },
    ],
    [
      "a service account of the cluster",
      { kubernetes: { server: { url: "kubernetes.default" }, auth: { serviceAccount: { name: "web" } } } },
      { provider: "kubernetes", options: { namespace: "default" }, identity: { as: "pod" } },
    ],
  ])("%s", (_, provider, expected) => expect(store(provider)).toMatchObject(expected));

  it("in another place, as their operator is led there", () => {
    const env = {
      AWS_SSM_ENDPOINT: "http://ssm",
      AWS_SECRETSMANAGER_ENDPOINT: "http://sm",
      AWS_STS_ENDPOINT: "http://sts",
    };
    expect(store({ aws: AWS }, { kind: "ClusterSecretStore", env })).toMatchObject({
      options: { endpoint: "http://sm", stsEndpoint: "http://sts" },
    });
  });

  it("certificates in the store, and in an object", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    const caBundle = Buffer.from(pem).toString("base64");
    expect(store({ vault: { ...VAULT, caBundle } }).options).toMatchObject({ caCert: pem });
    const caProvider = { type: "ConfigMap", name: "ca" };
    expect(store({ vault: { ...VAULT, caProvider } }).sources).toContainEqual({
      place: "provider.vault.caProvider",
      target: { certificates: "caCert" },
      from: { kind: "ConfigMap", at: { namespace: "shop", name: "ca", key: "ca.crt" } },
    });
  });
});

describe("what cannot be is told, with what to do", () => {
  const cluster = { kind: "ClusterSecretStore" };
  it.each<[string, Parameters<typeof entry>]>([
    ["spec.provider.gcpsm is not covered: leave this store to External Secrets", [{ gcpsm: {} }]],
    ["spec.provider.vault.auth.ldap is not covered", [{ vault: { ...VAULT, auth: { ldap: {} } } }]],
    ["spec.provider.vault.headers is not covered", [{ vault: { ...VAULT, headers: { a: "b" } } }]],
    [
      "spec.provider.vault.auth.tokenSecretRef.namespace names another",
      [{ vault: { ...VAULT, auth: { tokenSecretRef: { ...KEY, namespace: "kube-system" } } } }],
    ],
    ["spec.provider.vault.auth.tokenSecretRef.namespace is missing", [{ vault: VAULT }, cluster]],
    [
      "spec.provider.vault.auth.tokenSecretRef.key is missing",
      [{ vault: { ...VAULT, auth: { tokenSecretRef: { name: "t" } } } }],
    ],
    ["spec.provider.vault.auth names no way to log in", [{ vault: { server: "https://v" } }]],
    ["spec.provider.vault.caBundle is no PEM", [{ vault: { ...VAULT, caBundle: "/etc/passwd" } }]],
    ["spec.provider.vault.surprise: is not known", [{ vault: { ...VAULT, surprise: 1 } }]],
    [
      "spec.provider.vault.path: must be at most 2048 characters long",
      [{ vault: { ...VAULT, path: "/".repeat(2_049) } }],
    ],
    ["spec.provider.aws.service: must be one of", [{ aws: { ...AWS, service: "S3" } }]],
    ["may not use the controller's credentials", [{ aws: AWS }]],
    [
      "spec.provider.aws.role is to be assumed after",
      [{ aws: { ...AWS, role: "r", auth: { jwt: { serviceAccountRef: { name: "web" } } } } }],
    ],
    [
      "names several audiences",
      [{ aws: { ...AWS, auth: { jwt: { serviceAccountRef: { name: "web", audiences: ["a", "b"] } } } } }],
    ],
    [
      "spec.provider.azurekv.tenantId is missing",
      [{ azurekv: { vaultUrl: AZURE.vaultUrl, authSecretRef: { clientId: KEY, clientSecret: KEY } } }],
    ],
    [
      "spec.provider.azurekv.authSecretRef.clientSecret is missing",
      [{ azurekv: { ...AZURE, authSecretRef: { clientId: KEY } } }],
    ],
    [
      "spec.provider.azurekv.environmentType: must be one of",
      [{ azurekv: { ...AZURE, environmentType: "AzureStackCloud" } }],
    ],
    ["names another cluster", [{ kubernetes: { server: { url: "https://10.0.0.1" } } }]],
    ["spec.provider.kubernetes.auth names no service account", [{ kubernetes: {} }]],
    ["spec.controller gives the store to a controller", [{ vault: VAULT }, { more: { controller: "mine" } }]],
    [
      "conditions.namespaceRegexes has an entry",
      [{ aws: AWS }, { ...cluster, more: { conditions: [{ namespaceRegexes: ["("] }] } }],
    ],
    ["spec.provider: must", [{}]],
  ])("%s", (expected, args) => {
    const told = problem(...args);
    expect(told === "spec.provider: is not written as it must be" ? "spec.provider: must" : told).toContain(
      expected,
    );
  });

  it("unless their operator lets a namespace have its credentials", () => {
    expect(store({ aws: AWS }, { allowed: ["secrets-manager"] }).identity).toEqual({ as: "broker" });
    expect(store({ aws: AWS }, cluster).access[0]?.namespaces).toEqual(["*"]);
  });
});

describe("paths", () => {
  const paths = (vault: object) => store({ vault: { ...VAULT, ...vault } }).paths;
  it.each<[object, string, string]>([
    [{}, "app/db", "secret/app/db"],
    [{}, "secret/app/db", "secret/app/db"],
    [{}, "secret/data/app/db", "secret/app/db"],
    [{}, "data/db", "secret/data/db"],
    [{ path: "kv/team/data" }, "db", "kv/team/db"],
    [{ path: undefined }, "secret/app/db", "secret/app/db"],
    [{ path: undefined }, "secret/data/app/db", "secret/app/db"],
    [{ path: undefined }, "kv/team/data/db", "kv/team/db"],
    [{ version: "v1" }, "data/db", "secret/data/db"],
    [{ version: "v1", path: undefined }, "secret/data/db", "secret/data/db"],
  ])("%j of Vault: %s is %s", (vault, key, expected) => {
    const spec = Object.fromEntries(
      Object.entries({ ...VAULT, ...vault }).filter(([, value]) => value !== undefined),
    );
    expect(store({ vault: spec }).paths.pathOf(key)).toBe(expected);
  });

  it("of searches", () => {
    expect(paths({}).prefixOf("")).toBe("secret/");
    expect(paths({}).prefixOf("/app/")).toBe("secret/app/");
    expect(paths({}).nameOf("secret/app/db")).toBe("app/db");
    expect(paths({}).nameOf("other/db")).toBeUndefined();
    const azure = store({ azurekv: { ...AZURE, authSecretRef: { clientId: KEY, clientSecret: KEY } } }).paths;
    expect([azure.pathOf("secret/db"), azure.pathOf("db"), azure.nameOf("keys/k")]).toEqual([
      "db",
      "db",
      undefined,
    ]);
    expect(azure.pathOf("key/k")).toMatchObject({ problem: expect.stringContaining("SecretSync") });
  });

  it("of versions", () => {
    const aws = (service: string) =>
      store({ aws: { ...AWS, service } }, { kind: "ClusterSecretStore" }).paths;
    expect(aws("SecretsManager").versionOf("AWSPREVIOUS")).toEqual({ label: "AWSPREVIOUS" });
    expect(aws("SecretsManager").versionOf("uuid/1234")).toEqual({ version: "1234" });
    expect(aws("ParameterStore").versionOf("3")).toEqual({ version: "3" });
    expect(aws("ParameterStore").versionOf("stable")).toEqual({ label: "stable" });
    expect(
      store({ aws: { ...AWS, prefix: "/shop/" } }, { kind: "ClusterSecretStore" }).paths.pathOf("db"),
    ).toBe("/shop/db");
  });
});
