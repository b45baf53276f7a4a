import { mapBounded } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { apiPath, type Mount } from "../mount/mount.js";
import type { Ask } from "../mount/mount-table.js";
import { objectIn } from "../transport/vault-reply.js";

const CONCURRENCY = 8;

/** Paths of all secrets in a folder of a key-value engine and in the folders below, relative to its mount. */
export async function walkEngine(
  ask: Ask,
  mount: Mount,
  folder: string,
  signal: AbortSignal,
): Promise<string[]> {
  const secrets: string[] = [];
  let folders = [folder];
  // Level by level, so that the whole walk, not each folder, keeps to the limit.
  while (folders.length > 0) {
    const level = await mapBounded(folders, CONCURRENCY, async (parent) => {
      const names = await namesIn(ask, mount, parent, signal);
      return names.map((name) => `${parent}${name}`);
    });
    const paths = level.flat();
    secrets.push(...paths.filter((path) => !path.endsWith("/")));
    folders = paths.filter((path) => path.endsWith("/"));
  }
  return secrets;
}

async function namesIn(ask: Ask, mount: Mount, folder: string, signal: AbortSignal): Promise<string[]> {
  // Not the method LIST, which stands for the same: many a proxy refuses methods it does not know.
  const path = `${apiPath(mount, folder, "metadata")}?list=true`;
  const reply = await ask({ method: "GET", path, signal });
  if (reply.status !== 200) {
    const failure = failureOfReply(reply);
    // What has nothing in it is not there.
    if (failure.reason === "no-such-path") return [];
    throw new Refusal(failure);
  }
  const names: unknown = objectIn(reply.body, "data")?.["keys"];
  if (!Array.isArray(names)) throw new Refusal(malformed());
  return names.filter((name) => typeof name === "string" && name !== "/");
}
