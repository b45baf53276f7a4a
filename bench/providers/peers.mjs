// What the same secrets are read with by somebody who has only the vendor's SDK: one call a secret, the SDK's own
// settings. Each gives, for an address, a new client's way to read one secret, and to close it.
import { ClientSecretCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import nodeVault from "node-vault";
import { CLIENT_SECRET, TENANT, WEB } from "../../packages/provider-azure/test/applications.ts";
import { detourClient } from "../../packages/provider-azure/test/detour-client.ts";
import { openAzure } from "../../test/faults/subjects/azure.ts";
import { openKubernetes } from "../../test/faults/subjects/kubernetes.ts";
import { openSecretsManager } from "../../test/faults/subjects/secrets-manager.ts";
import { openSsm } from "../../test/faults/subjects/ssm.ts";
import { openVault } from "../../test/faults/subjects/vault.ts";
import { plainAws } from "../../test/faults/subjects/aws-environment.ts";

export const peers = [
  {
    name: "ssm",
    sdk: "@aws-sdk/client-ssm",
    open: openSsm,
    plain: (address) => {
      const client = new SSM(plainAws(address));
      return {
        read: async (Name) => (await client.getParameter({ Name, WithDecryption: true })).Parameter.Value,
        close: () => client.destroy(),
      };
    },
  },
  {
    name: "secrets-manager",
    sdk: "@aws-sdk/client-secrets-manager",
    open: openSecretsManager,
    plain: (address) => {
      const client = new SecretsManager(plainAws(address));
      return {
        read: async (SecretId) => (await client.getSecretValue({ SecretId })).SecretString,
        close: () => client.destroy(),
      };
    },
  },
  {
    name: "kubernetes",
    sdk: "@kubernetes/client-node",
    open: openKubernetes,
    plain: (address, ca, { namespace, token }) => {
      const config = new KubeConfig();
      const caData = Buffer.from(ca).toString("base64");
      config.loadFromClusterAndUser({ name: "test", server: address, caData }, { name: "admin", token });
      const client = config.makeApiClient(CoreV1Api);
      return {
        read: async (name) => {
          const secret = await client.readNamespacedSecret({ name, namespace });
          return Buffer.from(secret.data.value, "base64").toString();
        },
        close: () => undefined,
      };
    },
  },
  {
    name: "vault",
    sdk: "node-vault",
    open: openVault,
    plain: (endpoint, _, { environment }) => {
      const client = nodeVault({ endpoint, token: environment.VAULT_TOKEN });
      return {
        read: async (path) => (await client.read(path.replace("secret/", "secret/data/"))).data.data.value,
        close: () => undefined,
      };
    },
  },
  {
    name: "azure",
    sdk: "@azure/keyvault-secrets",
    open: openAzure,
    plain: (address, ca, { url }) => {
      const port = Number(new URL(address).port);
      const options = { httpClient: detourClient({ ca, port, metadataPort: port }) };
      const credential = new ClientSecretCredential(TENANT, WEB, CLIENT_SECRET, options);
      const client = new SecretClient(url, credential, { ...options, serviceVersion: "7.4" });
      return {
        read: async (name) => (await client.getSecret(name)).value,
        close: () => undefined,
      };
    },
  },
];
