import { hiddenEngine } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { isKeyValue, type Mount } from "../mount/mount.js";
import type { MountTable } from "../mount/mount-table.js";
import { pathFault } from "../mount/secret-path.js";

/** Key-value engines in which something with a prefix may be. */
export interface EnginesBelow {
  readonly engines: readonly Mount[];
  /** Whether there can be no other, also none that is kept from us. */
  readonly complete: boolean;
}

/**
 * Finds where to look for a prefix. The server keeps silent about engines in which we may use nothing, so what it
 * shows is all there is only where the prefix is in one engine, or where we may read `sys/mounts`. Rejects with a
 * {@link Refusal} when it shows none and there may be some.
 */
export async function enginesBelow(
  mounts: MountTable,
  prefix: string,
  signal: AbortSignal,
): Promise<EnginesBelow> {
  const usable = await mounts.usable(signal);
  const holder =
    usable.find(({ path }) => prefix.startsWith(path)) ?? (await holderOf(mounts, prefix, signal));
  // No engine can be mounted below another.
  if (holder !== undefined) return { engines: [holder].filter(isKeyValue), complete: true };
  const all = await mounts.all(signal);
  const engines = (all ?? usable).filter(
    (mount) => isKeyValue(mount) && (mount.path.startsWith(prefix) || prefix.startsWith(mount.path)),
  );
  if (all === undefined && engines.length === 0) throw new Refusal(hiddenEngine());
  return { engines, complete: all !== undefined };
}

/** The engine of a prefix that leads into a namespace below ours, whose engines are not named with ours. */
async function holderOf(mounts: MountTable, prefix: string, signal: AbortSignal): Promise<Mount | undefined> {
  const folder = prefix.slice(0, Math.max(prefix.lastIndexOf("/"), 0));
  if (pathFault(folder) !== undefined) return undefined;
  const mount = await mounts.find(prefix, signal);
  return mount.kind !== "unknown" && prefix.startsWith(mount.path) ? mount : undefined;
}
