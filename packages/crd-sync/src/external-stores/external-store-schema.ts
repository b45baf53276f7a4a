import type { JsonSchema } from "@sluice/core";
import { TEXT, textSchema } from "../util/text-schema.js";

const TEXTS: JsonSchema = { type: "array", items: TEXT };
const KEY = closed(["name"], { name: TEXT, key: TEXT, namespace: TEXT });
const ACCOUNT = closed(["name"], { name: TEXT, namespace: TEXT, audiences: TEXTS });
const CA = {
  // In base64, with every authority that there is.
  caBundle: textSchema(524_288),
  caProvider: closed(["type", "name"], {
    type: { enum: ["Secret", "ConfigMap"] },
    name: TEXT,
    key: TEXT,
    namespace: TEXT,
  }),
};

const AWS = closed(["service", "region"], {
  service: { enum: ["SecretsManager", "ParameterStore"] },
  region: TEXT,
  role: textSchema(),
  additionalRoles: TEXTS,
  externalID: textSchema(),
  prefix: textSchema(),
  // Of what is written by PushSecrets only.
  secretsManager: { type: "object" },
  sessionTagsPolicy: { enum: ["None"] },
  auth: closed([], {
    secretRef: closed(["accessKeyIDSecretRef", "secretAccessKeySecretRef"], {
      accessKeyIDSecretRef: KEY,
      secretAccessKeySecretRef: KEY,
      sessionTokenSecretRef: KEY,
    }),
    jwt: closed([], { serviceAccountRef: ACCOUNT }),
  }),
});

const AZURE = closed(["vaultUrl"], {
  vaultUrl: { ...textSchema(), pattern: "^https://[^/?#@]+/?$" },
  authType: { enum: ["ServicePrincipal", "ManagedIdentity", "WorkloadIdentity"] },
  tenantId: TEXT,
  environmentType: { enum: ["PublicCloud", "USGovernmentCloud", "ChinaCloud"] },
  authSecretRef: closed([], { clientId: KEY, tenantId: KEY, clientSecret: KEY }),
  serviceAccountRef: ACCOUNT,
  identityId: TEXT,
  // Which library their operator uses.
  useAzureSDK: { type: "boolean" },
});

const VAULT = closed(["server"], {
  server: TEXT,
  path: textSchema(),
  version: { enum: ["v1", "v2"] },
  namespace: TEXT,
  ...CA,
  // Of replicated servers; of what is written.
  readYourWrites: { type: "boolean" },
  forwardInconsistent: { type: "boolean" },
  checkAndSet: { type: "object" },
  tls: closed([], {}),
  auth: closed([], {
    tokenSecretRef: KEY,
    appRole: closed(["secretRef"], { path: TEXT, roleId: TEXT, roleRef: KEY, secretRef: KEY }),
    kubernetes: closed(["role"], {
      mountPath: TEXT,
      role: TEXT,
      serviceAccountRef: ACCOUNT,
      secretRef: KEY,
    }),
    jwt: closed([], {
      path: TEXT,
      role: TEXT,
      secretRef: KEY,
      kubernetesServiceAccountToken: closed(["serviceAccountRef"], {
        serviceAccountRef: ACCOUNT,
        audiences: TEXTS,
        expirationSeconds: { type: "integer" },
      }),
    }),
    userPass: closed(["username", "secretRef"], { path: TEXT, username: TEXT, secretRef: KEY }),
  }),
});

const KUBERNETES = closed([], {
  server: closed([], { url: textSchema(), ...CA }),
  auth: closed([], { serviceAccount: ACCOUNT }),
  remoteNamespace: TEXT,
});

/** `spec` of a `SecretStore` or `ClusterSecretStore` of theirs, as far as it is covered. */
export const EXTERNAL_STORE_SCHEMA: JsonSchema = closed(["provider"], {
  provider: {
    ...closed([], { aws: AWS, azurekv: AZURE, vault: VAULT, kubernetes: KUBERNETES }),
    minProperties: 1,
    maxProperties: 1,
  },
  conditions: {
    type: "array",
    items: closed([], {
      namespaces: TEXTS,
      namespaceRegexes: TEXTS,
      namespaceSelector: closed([], {
        matchLabels: { type: "object", additionalProperties: textSchema() },
        matchExpressions: {
          type: "array",
          items: closed(["key", "operator"], {
            key: TEXT,
            operator: { enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
            values: { type: "array", items: textSchema() },
          }),
        },
      }),
    }),
  },
  // How their operator retries, and how often it looks whether the store is valid.
  retrySettings: { type: "object" },
  refreshInterval: { type: "integer" },
  controller: textSchema(),
});

function closed(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties,
  };
}
