import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { configureStore } from "@sluice/kubernetes/stores";
import { expect, it } from "vitest";
import { parseExternalStore } from "../../packages/crd-sync/src/external-stores/parse-external-store.js";

const key = { name: "creds", key: "k" };
const serviceAccountRef = { name: "web" };
const vault = { server: "https://vault.example", path: "secret" };
const aws = { service: "SecretsManager", region: "eu-central-1" };
const azurekv = { vaultUrl: "https://shop.vault.azure.net", authType: "WorkloadIdentity" };

it.each<[string, object]>([
  ["a token", { vault: { ...vault, auth: { tokenSecretRef: key } } }],
  ["an AppRole", { vault: { ...vault, auth: { appRole: { roleRef: key, secretRef: key } } } }],
  ["a user", { vault: { ...vault, auth: { userPass: { username: "u", secretRef: key } } } }],
  ["a token of Kubernetes", { vault: { ...vault, auth: { kubernetes: { role: "r", secretRef: key } } } }],
  ["an account at Vault", { vault: { ...vault, auth: { kubernetes: { role: "r", serviceAccountRef } } } }],
  ["a JSON Web Token", { vault: { ...vault, auth: { jwt: { role: "r", secretRef: key } } } }],
  [
    "one of an account",
    {
      vault: { ...vault, auth: { jwt: { role: "r", kubernetesServiceAccountToken: { serviceAccountRef } } } },
    },
  ],
  [
    "keys of AWS",
    { aws: { ...aws, auth: { secretRef: { accessKeyIDSecretRef: key, secretAccessKeySecretRef: key } } } },
  ],
  ["an account at AWS", { aws: { ...aws, auth: { jwt: { serviceAccountRef } } } }],
  [
    "one for parameters",
    { aws: { ...aws, service: "ParameterStore", auth: { jwt: { serviceAccountRef } } } },
  ],
  [
    "a principal",
    {
      azurekv: {
        ...azurekv,
        authType: "ServicePrincipal",
        authSecretRef: { clientId: key, clientSecret: key, tenantId: key },
      },
    },
  ],
  ["an account at Azure", { azurekv: { ...azurekv, serviceAccountRef } }],
  ["the controller at Azure", { azurekv: { ...azurekv, tenantId: "t" } }],
  ["the machine at Azure", { azurekv: { ...azurekv, authType: "ManagedIdentity", identityId: "i" } }],
  ["an account of the cluster", { kubernetes: { auth: { serviceAccount: serviceAccountRef } } }],
])("a store of External Secrets is one that a provider of ours takes: %s", async (_, provider) => {
  const metadata = { name: "s", namespace: "shop", uid: "u", generation: 1, resourceVersion: "1" };
  const entry = parseExternalStore("SecretStore", { metadata, spec: { provider } } as never, {
    apiVersion: "external-secrets.io/v1",
    environment: {},
    brokerIdentityInNamespaces: ["azure-key-vault"],
  });
  if (entry.status !== "found") throw new Error(entry.problem);
  // As readExternalOptions fills them in, from objects that there are none of here.
  const options = structuredClone(entry.store.options) as Record<string, Record<string, unknown>>;
  const environment: Record<string, string> = {};
  for (const { target } of (entry.store as unknown as { sources: { target: Record<string, string> }[] })
    .sources) {
    if (target["variable"] !== undefined) environment[target["variable"]] = "value";
    const names = (target["option"] ?? "").split(".");
    const last = names.pop() ?? "";
    let inner: Record<string, unknown> = options;
    for (const name of names) inner = (inner[name] ??= {}) as Record<string, unknown>;
    if (last !== "") inner[last] = last === "roleArn" ? "arn:aws:iam::123456789012:role/web" : "value";
  }
  const configured = await configureStore(
    entry.store,
    { options, environment },
    {
      providers: BUILT_IN_PROVIDERS,
      environment: {},
      baseDirectory: "/",
      tenants: { addresses: ["vault.example"] },
    },
  );
  expect(configured).toHaveProperty("definition");
});
