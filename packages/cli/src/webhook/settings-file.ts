import type { JsonSchema } from "@sluice/core";
import type { KnownServer, VsiOptions } from "@sluice/dialects";
import type { AgentSettings, Mesh } from "@sluice/webhook";
import type { ImageSettings } from "./image-lookups.js";

/** What a settings file may say; every key has a flag of the same meaning, which wins. */
export interface SettingsFile {
  readonly broker?: {
    readonly address?: string;
    readonly serverName?: string;
    readonly rootsFile?: string;
  };
  readonly launcher?: {
    readonly image?: string;
    readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly delivery?: "copy" | "image";
    readonly medium?: "Memory";
  };
  readonly writer?: {
    readonly image?: string;
    readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly folders?: readonly string[];
    readonly sizeLimit?: string;
  };
  readonly dialects?: readonly string[];
  readonly bankVaults?: BankVaultsSettings;
  readonly agent?: AgentFileSettings;
  readonly vaultSidecarInjector?: Pick<VsiOptions, "prefix" | "applicationLabel" | "serviceLabel">;
  readonly kees?: KeesSettings;
  readonly lookups?: { readonly configMaps?: boolean; readonly secrets?: boolean };
  readonly images?: ImageSettings;
  readonly tokenSeconds?: number;
  readonly waitSeconds?: number;
  /** Meshes whose capture the broker's port is kept out of. */
  readonly mesh?: readonly Mesh[];
}

/** What pods written for bank-vaults mean; see docs/dialects/bank-vaults.md. */
export interface BankVaultsSettings {
  readonly servers?: readonly KnownServer[];
  readonly transit?: { readonly key?: string; readonly path?: string };
  readonly ignoreMissing?: boolean;
  readonly login?: string;
  readonly keyVault?: string;
  readonly files?: string;
  readonly google?: string;
}

/** What pods that ask for an agent are given, and which stores they mean; see docs/sidecar.md. */
interface AgentFileSettings extends AgentSettings {
  readonly servers?: readonly KnownServer[];
  readonly shell?: boolean;
}

/** What pods written for kees mean; see docs/dialects/kees.md. */
interface KeesSettings {
  /** Domain of annotations. */
  readonly domain?: string;
  /** Store that kees' paths are in. */
  readonly store?: string;
  /** Images of ours by the repository of kees' that they replace. */
  readonly images?: Readonly<Record<string, string>>;
}

export const DIALECT_NAMES = [
  "sluice",
  "atarraya",
  "akv2k8s",
  "bank-vaults",
  "secrets-init",
  "vault-k8s",
  "vault-sidecar-injector",
  "kees",
] as const;

/** Notations of pods that another injector in the cluster may see to: read where agents are set up, or they are listed. */
export const AGENT_DIALECTS: readonly string[] = ["vault-k8s", "vault-sidecar-injector"];

/** Amazon ECR, Azure Container Registry, Google's registries. */
export const CLOUD_LOGINS = ["ecr", "acr", "gcr"] as const;

const TEXT = { type: "string", minLength: 1 } as const;

const STORE = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" } as const;

const member = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

const SERVERS: JsonSchema = {
  type: "array",
  items: { ...member({ store: STORE, address: TEXT, namespace: TEXT }), required: ["store"] },
};

/** Kubernetes takes whole numbers as well. */
const QUANTITIES: JsonSchema = {
  type: "object",
  additionalProperties: { type: ["string", "integer"], minLength: 1 },
};

/** Of `bankVaults`. */
export const BANK_VAULTS_SCHEMA: JsonSchema = member({
  servers: SERVERS,
  transit: member({ key: TEXT, path: TEXT }),
  ignoreMissing: { type: "boolean" },
  login: { type: "string", pattern: "^secret://", description: "Write secret://STORE/PATH#KEY" },
  keyVault: STORE,
  files: STORE,
  google: STORE,
});

export const SETTINGS_SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...member({
    broker: member({
      address: { type: "string", pattern: "^https://", description: "Write https://ADDRESS:PORT" },
      serverName: TEXT,
      rootsFile: TEXT,
    }),
    launcher: member({
      image: TEXT,
      imagePullPolicy: { enum: ["Always", "IfNotPresent", "Never"] },
      delivery: { enum: ["copy", "image"] },
      medium: { enum: ["Memory"] },
    }),
    writer: member({
      image: TEXT,
      imagePullPolicy: { enum: ["Always", "IfNotPresent", "Never"] },
      folders: { type: "array", items: { type: "string", pattern: "^/[^/]" } },
      sizeLimit: { type: "string", pattern: "^[1-9][0-9]*(Ki|Mi|Gi)$" },
    }),
    dialects: { type: "array", minItems: 1, items: { enum: DIALECT_NAMES } },
    bankVaults: BANK_VAULTS_SCHEMA,
    agent: {
      ...member({
        image: TEXT,
        imagePullPolicy: { enum: ["Always", "IfNotPresent", "Never"] },
        stores: {
          type: "object",
          propertyNames: STORE,
          additionalProperties: { type: "object", required: ["provider"] },
        },
        servers: SERVERS,
        audience: TEXT,
        nativeSidecars: { type: "boolean" },
        resources: member({ limits: QUANTITIES, requests: QUANTITIES }),
        shell: { type: "boolean" },
      }),
      required: ["image", "stores"],
    },
    vaultSidecarInjector: member({ prefix: TEXT, applicationLabel: TEXT, serviceLabel: TEXT }),
    kees: member({
      domain: TEXT,
      store: STORE,
      images: { type: "object", additionalProperties: TEXT },
    }),
    lookups: member({ configMaps: { type: "boolean" }, secrets: { type: "boolean" } }),
    images: member({
      lookUp: { type: "boolean" },
      mirrors: { type: "object", additionalProperties: { type: "array", items: TEXT } },
      insecure: { type: "array", items: TEXT },
      timeoutSeconds: { type: "integer", minimum: 1, maximum: 25 },
      dockerConfigFile: TEXT,
      unreachable: { enum: ["deny", "last-known"] },
      cloudLogins: { type: "array", uniqueItems: true, items: { enum: CLOUD_LOGINS } },
    }),
    tokenSeconds: { type: "integer", minimum: 600, maximum: 86_400 },
    mesh: { type: "array", uniqueItems: true, items: { enum: ["istio", "linkerd"] } },
    waitSeconds: { type: "integer", minimum: 0, maximum: 3_600 },
  }),
};
