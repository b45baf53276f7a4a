import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import { readCheckedYaml } from "@sluice/config";
import { type JsonSchema, SluiceError } from "@sluice/core";
import { type Dialect, loadDialect } from "@sluice/core/dialect";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";
import { ANY_SETTINGS } from "../offline/any-settings.js";
import type { AgentSettings } from "../strategies/agent-settings.js";
import type { InjectionSettings, Mesh } from "../strategies/injection-settings.js";
import type { KeesImages } from "../strategies/kees-images.js";
import type { FoundBroker } from "./find-broker.js";
import type { ImageSettings } from "./image-lookups.js";
import { keesImages } from "./kees-images.js";
import { type SettingsFile, settingsSchema } from "./settings-file.js";

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
  readonly cloudLogins?: readonly string[];
}

/** Notations, and what settings say of them. */
export interface DialectSettings {
  readonly dialects: readonly Dialect[];
  /** What the file says; dialects are made from it, and functions cannot be compared. */
  readonly file: SettingsFile;
}

type Parts = Pick<ModeContext, "directory" | "dialects">;

/** What the settings file and the command line come to. */
export interface WebhookSettings extends DialectSettings {
  readonly injection: InjectionSettings;
  readonly lookups: { readonly configMaps: boolean; readonly secrets: boolean };
  readonly images: ImageSettings;
}

/** What of the settings is data: what the file says, and what comes from elsewhere, such as the broker's roots. */
export function comparableSettings({ injection, file }: WebhookSettings): unknown {
  return { injection, file };
}

const DEFAULT_SERVER_NAME = "sluice-broker.sluice-system.svc";

/** Joins flags and file, and what was found besides. @throws ConfigError, SluiceError `SLU1103` for what is missing */
export async function readWebhookSettings(
  { directory, dialects }: Parts,
  flags: SettingsFlags,
  found: FoundBroker = {},
): Promise<WebhookSettings> {
  const { create, file, readsKees } = await readFileOf({ directory, dialects }, flags);
  const {
    broker = {},
    launcher = {},
    writer = {},
    lookups = {},
    images = {},
    tokenSeconds,
    waitSeconds,
  } = file;
  const kees = keesImages(file, flags.writerImage ?? writer.image, readsKees);
  const mesh = flags.mesh?.filter((name) => name !== "none") ?? file.mesh;
  const folder = flags.settings === undefined ? directory : dirname(resolve(directory, flags.settings));
  return {
    file,
    dialects: create(kees),
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
      kees,
      ...(tokenSeconds !== undefined && { tokenSeconds }),
      ...(waitSeconds !== undefined && { waitSeconds }),
      ...(mesh !== undefined && { mesh }),
    },
  };
}

/** What decides whether pods are denied, where it is no matter how they would reach a broker. */
export function offlineSettings({ agent }: SettingsFile): InjectionSettings {
  return { ...ANY_SETTINGS, ...(agent !== undefined && { agent: agentSettings(agent) }) };
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
export async function readDialectSettings(parts: Parts, flags: SettingsFlags): Promise<DialectSettings> {
  const { create, file, readsKees } = await readFileOf(parts, flags);
  return { dialects: create(keesImages(file, ANY_SETTINGS.writer.image, readsKees)), file };
}

/** The file that flags name, and what makes the notations that are read. */
async function readFileOf({ directory, dialects }: Parts, { settings, dialects: flagged }: SettingsFlags) {
  const known = await Promise.all(dialects.map(loadDialect));
  const file = settings === undefined ? {} : await readChecked(directory, settings, settingsSchema(known));
  const named = flagged ?? file.dialects;
  const read =
    named?.flatMap((name) => known.filter((each) => each.name === name)) ??
    known.filter((each) => each.isRead?.({ ...file }) !== false);
  return {
    file,
    readsKees: read.some(({ name }) => name === "kees"),
    create: (kees: KeesImages): Dialect[] =>
      read.map((each) => each.create({ ...file, kees: { ...file.kees, ...kees } })),
  };
}

async function readChecked(directory: string, file: string, schema: JsonSchema): Promise<SettingsFile> {
  const text = await readTextFile(directory, file, `The settings file ${file}`);
  return (await readCheckedYaml(file, text, schema)) as SettingsFile;
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
