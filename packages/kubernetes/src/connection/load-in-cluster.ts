import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { thrownName } from "@sluice/core";
import type { ConnectionOptions } from "./connection-options.js";
import type { LoadedConfig } from "./loaded-config.js";
import { plainAccount, type PlainIdentity } from "./plain-account.js";

const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The kubelet renews a token well before it ends, and the cluster's certificates may be rotated. */
const READ_EVERY_MS = 60_000;

/** Whether this process runs in a pod, as far as its environment tells. */
export function isInCluster({ environment }: ConnectionOptions): boolean {
  return Boolean(environment["KUBERNETES_SERVICE_HOST"]) && Boolean(environment["KUBERNETES_SERVICE_PORT"]);
}

/** The account of the pod. Its token and the cluster's certificates are read again every minute. */
export async function loadInCluster(options: ConnectionOptions): Promise<LoadedConfig> {
  const folder = options.serviceAccountFolder ?? SERVICE_ACCOUNT_FOLDER;
  const host = options.environment["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = options.environment["KUBERNETES_SERVICE_PORT"] ?? "";
  const namespace = await readNamespace(join(folder, "namespace"));
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    account: plainAccount(identityIn(folder)),
    ...(namespace !== undefined && { namespace }),
  };
}

function identityIn(folder: string): () => Promise<PlainIdentity> {
  let readAt = -Infinity;
  let identity: Promise<PlainIdentity> | undefined;
  return async () => {
    const now = performance.now();
    if (identity === undefined || now - readAt > READ_EVERY_MS) {
      readAt = now;
      identity = readIdentity(folder);
      // It may be there at the next request.
      identity.catch(() => (identity = undefined));
    }
    return identity;
  };
}

async function readIdentity(folder: string): Promise<PlainIdentity> {
  const [ca, token] = await Promise.all([
    readFile(join(folder, "ca.crt")),
    readFile(join(folder, "token"), "utf8"),
  ]);
  return { ca, token: token.trim() };
}

async function readNamespace(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    // A token mounted by hand comes without it.
    if (thrownName(error) === "ENOENT") return undefined;
    throw error;
  }
}
