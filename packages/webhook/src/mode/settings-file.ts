import type { JsonSchema } from "@sluice/core";
import type { DialectDefinition } from "@sluice/core/dialect";
import type { AgentSettings } from "../strategies/agent-settings.js";
import type { Mesh } from "../strategies/injection-settings.js";
import type { KeesImages } from "../strategies/kees-images.js";
import type { ImageSettings } from "./image-lookups.js";

/** What a settings file may say besides the sections of dialects; flags of the same meaning win. */
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
  readonly agent?: AgentFileSettings;
  /** Domain of kees' annotations, and the store that its paths are in, are for whoever reads them. */
  readonly kees?: Partial<KeesImages> & { readonly domain?: string; readonly store?: string };
  readonly lookups?: { readonly configMaps?: boolean; readonly secrets?: boolean };
  readonly images?: ImageSettings;
  readonly tokenSeconds?: number;
  readonly waitSeconds?: number;
  /** Meshes whose capture the broker's port is kept out of. */
  readonly mesh?: readonly Mesh[];
}

/** What pods that ask for an agent are given; dialects read which stores their servers are. See docs/sidecar.md. */
interface AgentFileSettings extends AgentSettings {
  readonly servers?: unknown;
  readonly shell?: boolean;
}

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

/** The schema of a settings file, with what these dialects add to it. */
export function settingsSchema(dialects: readonly DialectDefinition[]): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...member({
      ...OWN_SECTIONS,
      dialects: { type: "array", minItems: 1, items: { enum: dialects.map(({ name }) => name) } },
      ...dialectSections(dialects),
    }),
  };
}

/** What settings may say of these dialects, by key. */
export function dialectSections(
  dialects: readonly DialectDefinition[],
): Readonly<Record<string, JsonSchema>> {
  return Object.assign({}, ...dialects.map(({ sections }) => sections)) as Record<string, JsonSchema>;
}

/** Kubernetes takes whole numbers as well. */
const QUANTITIES: JsonSchema = {
  type: "object",
  additionalProperties: { type: ["string", "integer"], minLength: 1 },
};

const OWN_SECTIONS: Readonly<Record<string, JsonSchema>> = {
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
  lookups: member({ configMaps: { type: "boolean" }, secrets: { type: "boolean" } }),
  images: member({
    lookUp: { type: "boolean" },
    mirrors: { type: "object", additionalProperties: { type: "array", items: TEXT } },
    insecure: { type: "array", items: TEXT },
    timeoutSeconds: { type: "integer", minimum: 1, maximum: 25 },
    dockerConfigFile: TEXT,
    unreachable: { enum: ["deny", "last-known"] },
    cloudLogins: { type: "array", uniqueItems: true, items: TEXT },
  }),
  tokenSeconds: { type: "integer", minimum: 600, maximum: 86_400 },
  mesh: { type: "array", uniqueItems: true, items: { enum: ["istio", "linkerd"] } },
  waitSeconds: { type: "integer", minimum: 0, maximum: 3_600 },
};
