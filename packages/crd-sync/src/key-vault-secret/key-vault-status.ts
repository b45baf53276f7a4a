import { field, type KubernetesObject, kubernetesTime } from "@sluice/kubernetes";
import type { OutputMemory, SyncMemory, SyncReport } from "../source/sync-report.js";
import type { OutputKind } from "../source/sync-spec.js";

/** The fields that akv2k8s' own kind has. */
interface KeyVaultStatus {
  readonly secretName?: string;
  readonly secretHash?: string;
  readonly configMapName?: string;
  readonly configMapHash?: string;
  readonly lastAzureUpdate?: string;
}

const FIELDS = ["secretName", "secretHash", "configMapName", "configMapHash", "lastAzureUpdate"] as const;

/** What the status of an `AzureKeyVaultSecret` says of the last sync; nothing if another controller wrote it. */
export function recallKeyVaultSync(object: KubernetesObject): SyncMemory {
  const { secretName, secretHash, configMapName, configMapHash, lastAzureUpdate } = statusIn(object);
  const outputs = [
    outputIn("Secret", secretName, secretHash),
    outputIn("ConfigMap", configMapName, configMapHash),
  ].filter((output) => output !== undefined);
  const lastSyncAt = Date.parse(lastAzureUpdate ?? "");
  return { observed: [], outputs, ...(!Number.isNaN(lastSyncAt) && outputs.length > 0 && { lastSyncAt }) };
}

/**
 * The status that a report makes; `undefined` if that is what it says. Their kind has no place for more, so a hash is
 * followed by which state of the object it is of.
 */
export function keyVaultStatus(object: KubernetesObject, report: SyncReport): KeyVaultStatus | undefined {
  const before = statusIn(object);
  const secret = report.outputs.find(({ kind }) => kind === "Secret");
  const configMap = report.outputs.find(({ kind }) => kind === "ConfigMap");
  const { lastSyncAt } = report;
  const texts: KeyVaultStatus = {
    secretName: secret?.name ?? "",
    secretHash: secret === undefined ? "" : formatHash(secret),
    configMapName: configMap?.name ?? "",
    configMapHash: configMap === undefined ? "" : formatHash(configMap),
    lastAzureUpdate:
      report.outputs.length === 0 || lastSyncAt === undefined
        ? (before.lastAzureUpdate ?? "")
        : kubernetesTime(lastSyncAt),
  };
  if (FIELDS.every((name) => (before[name] ?? "") === texts[name])) return undefined;
  // What it never had stays away, and what it had is emptied.
  return Object.fromEntries(
    FIELDS.filter((name) => texts[name] !== "" || before[name]).map((name) => [name, texts[name]]),
  );
}

function formatHash({ hash, uid, resourceVersion, generation, keys }: OutputMemory): string {
  return [hash, uid, resourceVersion, generation, keys.join(",")].join(" ");
}

function outputIn(kind: OutputKind, name = "", written = ""): OutputMemory | undefined {
  const [, hash, uid, resourceVersion, generation, keys] =
    /^([0-9a-f]{40}) (\S+) (\S+) (\d+) ([-._a-zA-Z0-9,]*)$/.exec(written) ?? [];
  if (name === "" || hash === undefined || uid === undefined || resourceVersion === undefined)
    return undefined;
  return {
    kind,
    name,
    hash,
    uid,
    resourceVersion,
    generation: Number(generation),
    keys: keys === undefined || keys === "" ? [] : keys.split(","),
  };
}

function statusIn(object: KubernetesObject): KeyVaultStatus {
  const status = field(object, "status") ?? {};
  return Object.fromEntries(
    FIELDS.flatMap((name) => {
      const text = field(status, name);
      return typeof text === "string" ? [[name, text]] : [];
    }),
  );
}
