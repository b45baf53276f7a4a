import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import { readCheckedYaml } from "@sluice/config";
import { SluiceError } from "@sluice/core";
import type { Dialect } from "@sluice/core/dialect";
import {
  type AgentOptions,
  akv2k8s,
  atarraya,
  bankVaults,
  defaultStore,
  kees,
  secretsInit,
  sluice,
  storeOfServers,
  vaultK8s,
  vaultSidecarInjector,
} from "@sluice/dialects";
import { type AgentSettings, type InjectionSettings, isKeesInit, type Mesh } from "@sluice/webhook";
import { readTextFile } from "../config/read-text-file.js";
import { ANY_SETTINGS } from "../manifests/any-settings.js";
import type { FoundBroker } from "./find-broker.js";
import type { ImageSettings } from "./image-lookups.js";
import { type KeesMeaning, keesSettings } from "./kees-settings.js";
import {
  AGENT_DIALECTS,
  type CLOUD_LOGINS,
  DIALECT_NAMES,
  SETTINGS_SCHEMA,
  type SettingsFile,
} from "./settings-file.js";

/** What flags say about how pods are changed; what they do not say is the file's. */
export interface SettingsFlags {
  readonly settings?: string;
  readonly broker?: string;
  readonly brokerServerName?: string;
  readonly brokerRoots?: string;
  readonly launcherImage?: string;
  readonly launcherDelivery?: "copy" | "image";
  readonly mesh?: readonly (Mesh | "none")[];
  readonly writerImage?: string;
  readonly dialects?: readonly string[];
  readonly lookUpConfigMaps?: boolean;
  readonly lookUpSecrets?: boolean;
  readonly cloudLogins?: readonly (typeof CLOUD_LOGINS)[number][];
}

/** Notations, and how they are read. */
export interface DialectSettings {
  readonly dialects: readonly Dialect[];
  readonly kees: KeesMeaning;
}

export interface WebhookSettings extends DialectSettings {
  readonly injection: InjectionSettings;
  readonly lookups: { readonly configMaps: boolean; readonly secrets: boolean };
  readonly images: ImageSettings;
  /** What the file says; dialects are made from it, and functions cannot be compared. */
  readonly file: SettingsFile;
}

/** What of the settings is data: what the file says, and what comes from elsewhere, such as the broker's roots. */
export function comparableSettings({ injection, file }: WebhookSettings): unknown {
  return { injection, file };
}

const DIALECTS: Readonly<Record<(typeof DIALECT_NAMES)[number], (file: SettingsFile) => Dialect>> = {
  sluice: () => sluice(),
  atarraya: () => atarraya(),
  akv2k8s: () => akv2k8s(),
  "bank-vaults": ({ bankVaults: { servers = [], ...options } = {} }) =>
    bankVaults({ ...options, storeOf: storeOfServers(servers) }),
  "secrets-init": () => secretsInit(),
  "vault-k8s": (file) => vaultK8s(agentOptions(file)),
  "vault-sidecar-injector": (file) =>
    vaultSidecarInjector({ ...file.vaultSidecarInjector, ...agentOptions(file) }),
  kees: ({ kees: { domain, images = {} } = {} }) =>
    kees({
      ...(domain !== undefined && { domain }),
      isInit: (container) => isKeesInit(container, { images }),
    }),
};

/** A pod that names no server gets the store for it; any other only what the settings list. */
function agentOptions({ agent }: SettingsFile): AgentOptions {
  const known = storeOfServers(agent?.servers ?? []);
  const storeOf: AgentOptions["storeOf"] = (server) =>
    defaultStore(server) ?? known({ notation: "vault", ...server });
  return { storeOf, ...(agent?.shell !== undefined && { shell: agent.shell }) };
}

const DEFAULT_SERVER_NAME = "sluice-broker.sluice-system.svc";

/** Joins flags and file, and what was found besides. @throws ConfigError, SluiceError `SLU1103` for what is missing */
export async function readWebhookSettings(
  directory: string,
  flags: SettingsFlags,
  found: FoundBroker = {},
): Promise<WebhookSettings> {
  const file = await readFileOf(directory, flags.settings);
  const {
    broker = {},
    launcher = {},
    writer = {},
    lookups = {},
    images = {},
    tokenSeconds,
    waitSeconds,
  } = file;
  const mesh = flags.mesh?.filter((name) => name !== "none") ?? file.mesh;
  const folder = flags.settings === undefined ? directory : dirname(resolve(directory, flags.settings));
  return {
    file,
    ...readDialects(file, flags, flags.writerImage ?? writer.image),
    lookups: {
      configMaps: flags.lookUpConfigMaps !== false && lookups.configMaps !== false,
      secrets: flags.lookUpSecrets !== false && lookups.secrets !== false,
    },
    images: {
      ...images,
      ...(flags.cloudLogins && { cloudLogins: flags.cloudLogins }),
      ...(images.dockerConfigFile !== undefined && {
        dockerConfigFile: resolve(folder, images.dockerConfigFile),
      }),
    },
    injection: {
      source: {
        address: flags.broker ?? broker.address ?? found.address ?? missing("--broker", "broker.address"),
        serverName: flags.brokerServerName ?? broker.serverName ?? found.serverName ?? DEFAULT_SERVER_NAME,
        roots:
          (await rootsOf(directory, flags, broker.rootsFile)) ??
          found.roots ??
          missing("--broker-roots", "broker.rootsFile"),
      },
      launcher: {
        ...launcher,
        image: flags.launcherImage ?? launcher.image ?? missing("--launcher-image", "launcher.image"),
        delivery: flags.launcherDelivery ?? launcher.delivery ?? "copy",
      },
      ...(file.agent !== undefined && { agent: agentSettings(file.agent) }),
      ...writerOf(writer, flags.writerImage),
      ...(tokenSeconds !== undefined && { tokenSeconds }),
      ...(waitSeconds !== undefined && { waitSeconds }),
      ...(mesh !== undefined && { mesh }),
    },
  };
}

/** What is written into pods, and no more: what dialects mean by servers and shells is theirs. */
function agentSettings({
  servers: _servers,
  shell: _shell,
  ...agent
}: NonNullable<SettingsFile["agent"]>): AgentSettings {
  return agent;
}

/** Files are written only where somebody says by what. */
function writerOf(
  { image: written, ...writer }: NonNullable<SettingsFile["writer"]>,
  flag: string | undefined,
): Pick<InjectionSettings, "writer"> {
  const image = flag ?? written;
  return image === undefined ? {} : { writer: { ...writer, image } };
}

/** Roots of the file that a flag or the settings name; `undefined` where neither does. */
async function rootsOf(
  directory: string,
  { settings, brokerRoots }: SettingsFlags,
  rootsFile: string | undefined,
): Promise<string | undefined> {
  const folder =
    brokerRoots !== undefined || settings === undefined ? directory : dirname(resolve(directory, settings));
  const named = brokerRoots ?? rootsFile;
  if (named === undefined) return undefined;
  const file = resolve(folder, named);
  return checkedRoots(await readTextFile("/", file, `The roots file ${file}`), file);
}

/** The notations alone, for what needs nothing else. */
export async function readDialectSettings(directory: string, flags: SettingsFlags): Promise<DialectSettings> {
  const { image } = ANY_SETTINGS.writer;
  return readDialects(await readFileOf(directory, flags.settings), flags, image);
}

function readDialects(file: SettingsFile, flags: SettingsFlags, writer: string | undefined): DialectSettings {
  const names = (flags.dialects ??
    file.dialects ??
    DIALECT_NAMES.filter(
      (name) => file.agent !== undefined || !AGENT_DIALECTS.includes(name),
    )) as readonly (typeof DIALECT_NAMES)[number][];
  const meaning = keesSettings(file, writer, names.includes("kees"));
  return { dialects: names.map((name) => DIALECTS[name]({ ...file, kees: meaning })), kees: meaning };
}

async function readFileOf(directory: string, file: string | undefined): Promise<SettingsFile> {
  if (file === undefined) return {};
  const text = await readTextFile(directory, file, `The settings file ${file}`);
  return (await readCheckedYaml(file, text, SETTINGS_SCHEMA)) as SettingsFile;
}

function checkedRoots(text: string, file: string): string {
  const roots = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
  try {
    const last = roots.map((root) => new X509Certificate(root)).at(-1);
    if (last === undefined) throw new Error("none");
  } catch {
    throw wrong(
      `${file} holds no PEM certificate, or one that cannot be read`,
      "Give the roots of the broker's certificate",
    );
  }
  // Whatever else the file holds, such as a key, has no business in a pod.
  return roots.join("");
}

function missing(flag: string, key: string): never {
  throw wrong(
    `Neither ${flag} nor ${key} of a settings file is given`,
    `Give ${flag}, or --settings with ${key}`,
  );
}

function wrong(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU1103", kind: "configuration", problem, remedy });
}
