import type { JsonSchema } from "@sluice/core";
import type { KnownServer } from "@sluice/dialects";
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
  readonly kees?: KeesSettings;
  readonly lookups?: { readonly configMaps?: boolean; readonly secrets?: boolean };
  readonly images?: ImageSettings;
  readonly tokenSeconds?: number;
  readonly waitSeconds?: number;
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
  "kees",
] as const;

/** Amazon ECR, Azure Container Registry, Google's registries. */
export const CLOUD_LOGINS = ["ecr", "acr", "gcr"] as const;

const TEXT = { type: "string", minLength: 1 } as const;

const STORE = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" } as const;

const member = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

/** Of `bankVaults`. */
export const BANK_VAULTS_SCHEMA: JsonSchema = member({
  servers: {
    type: "array",
    items: { ...member({ store: STORE, address: TEXT, namespace: TEXT }), required: ["store"] },
  },
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
    waitSeconds: { type: "integer", minimum: 0, maximum: 3_600 },
  }),
};
