import { readCheckedYaml } from "@sluice/config";
import type { JsonSchema } from "@sluice/core";
import type { Dialect } from "@sluice/core/dialect";
import { bankVaults, secretsInit, sluice, storeOfServers } from "@sluice/dialects";
import type { ObjectRule } from "@sluice/webhook";
import { readTextFile } from "../config/read-text-file.js";
import { type BankVaultsSettings, BANK_VAULTS_SCHEMA } from "../webhook/settings-file.js";

/** What `sluice objects` goes by. */
export interface ObjectsSettings {
  readonly policy: readonly ObjectRule[];
  readonly dialects: readonly Dialect[];
  /** What the file says, from which both come. */
  readonly file: SettingsFile;
}

/** Notations of single texts; the others are about whole pods. */
const DIALECT_NAMES = ["sluice", "bank-vaults", "secrets-init"] as const;

interface SettingsFile {
  readonly policy: readonly ObjectRule[];
  readonly dialects?: readonly (typeof DIALECT_NAMES)[number][];
  readonly bankVaults?: BankVaultsSettings;
}

const PATTERNS = { type: "array", minItems: 1, items: { type: "string", minLength: 1 } } as const;

const SCHEMA: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  additionalProperties: false,
  required: ["policy"],
  properties: {
    policy: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["namespaces", "resources"],
        properties: {
          namespaces: PATTERNS,
          resources: PATTERNS,
          serviceAccount: { type: "string", minLength: 1 },
        },
      },
    },
    dialects: { type: "array", minItems: 1, items: { enum: DIALECT_NAMES } },
    bankVaults: BANK_VAULTS_SCHEMA,
  },
};

/** @throws ConfigError, with the line of what is wrong */
export async function readObjectsSettings(directory: string, file: string): Promise<ObjectsSettings> {
  const text = await readTextFile(directory, file, `The settings file ${file}`);
  const settings = (await readCheckedYaml(file, text, SCHEMA)) as SettingsFile;
  const { policy, dialects = DIALECT_NAMES, bankVaults: notation = {} } = settings;
  const { servers = [], ...options } = notation;
  const made = {
    sluice: () => sluice(),
    "bank-vaults": () => bankVaults({ ...options, storeOf: storeOfServers(servers) }),
    "secrets-init": () => secretsInit(),
  };
  return { policy, file: settings, dialects: dialects.map((name) => made[name]()) };
}
