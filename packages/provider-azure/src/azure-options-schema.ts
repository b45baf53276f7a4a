import type { JsonSchema } from "@sluice/core";

const TENANT = {
  type: "string",
  pattern: "^[0-9A-Za-z.-]+$",
  description: "Identifier or domain of the Microsoft Entra tenant.",
};
const CLIENT = { type: "string", minLength: 1, description: "Client identifier of the application." };
const PATH = { type: "string", minLength: 1 };

/** JSON Schema of `AzureOptions`. */
export const AZURE_OPTIONS_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  oneOf: [{ required: ["vault"] }, { required: ["url"] }],
  properties: {
    vault: {
      type: "string",
      pattern: "^[A-Za-z](?:-?[0-9A-Za-z]){2,23}$",
      description: "Name of the vault, as in `https://NAME.vault.azure.net`.",
    },
    url: {
      type: "string",
      pattern: "^https://[^/?#@]+/?$",
      description: "Address of the vault, instead of its name.",
    },
    cloud: {
      enum: ["public", "china", "government"],
      default: "public",
      description: "The Azure cloud the vault is in.",
    },
    auth: {
      ...oneOf({
        workloadIdentity: {
          description: "AKS workload identity; by default from the variables its webhook sets.",
          properties: {
            tenantId: TENANT,
            clientId: CLIENT,
            tokenFile: { ...PATH, description: "File of the federated token." },
          },
        },
        managedIdentity: {
          description: "The managed identity of the machine.",
          properties: { clientId: { ...CLIENT, description: "Client identifier of a user-assigned one." } },
        },
        clientSecret: {
          description: "An application with a secret, from a variable or a file.",
          required: ["tenantId", "clientId"],
          oneOf: [{ required: ["variable"] }, { required: ["file"] }],
          properties: {
            tenantId: TENANT,
            clientId: CLIENT,
            variable: { ...PATH, description: "Environment variable that holds the client secret." },
            file: { ...PATH, description: "File that holds the client secret." },
          },
        },
        clientCertificate: {
          description: "An application with a certificate.",
          required: ["tenantId", "clientId", "file"],
          properties: {
            tenantId: TENANT,
            clientId: CLIENT,
            file: {
              ...PATH,
              description: "File of the certificate and its private key: PEM, or PKCS#12 without a password.",
            },
          },
        },
        azureJson: {
          description: "What an AKS node logs in with.",
          properties: {
            path: { ...PATH, default: "/etc/kubernetes/azure.json", description: "The node's azure.json." },
          },
        },
        azureCli: {
          description: "The account that `az login` logged in.",
          properties: { tenantId: TENANT },
        },
      }),
      description:
        "How to log in: one of these. By default what the Azure SDK finds: variables, workload identity, managed identity, the CLI.",
    },
    delegation: {
      type: "object",
      additionalProperties: false,
      required: ["tenantId"],
      anyOf: [{ required: ["clientId"] }, { required: ["clientIds"] }],
      properties: {
        tenantId: TENANT,
        clientId: { ...CLIENT, description: "The application of workloads that have none of their own." },
        clientIds: {
          type: "object",
          minProperties: 1,
          additionalProperties: { type: "string", minLength: 1 },
          description:
            "Applications of workloads by their subjects, such as `system:serviceaccount:shop:web`.",
        },
      },
      description: "The applications that workloads log in as, each by a federated token of its own.",
    },
    caFile: {
      ...PATH,
      description: "PEM file of a certificate authority to trust besides the usual ones.",
    },
  },
};

/** An object with exactly one of these keys. */
function oneOf(choices: Readonly<Record<string, object>>): object {
  const closed = Object.entries(choices).map(([name, schema]) => [
    name,
    { type: "object", additionalProperties: false, ...schema },
  ]);
  return {
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    properties: Object.fromEntries(closed) as object,
  };
}
