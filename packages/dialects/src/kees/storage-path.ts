import type { KeesLease, KeesResource, KeesSecret } from "./kees-parameter.js";

/** Where a secret or a resource is in the store. */
export function keesPath(storagePrefix: string, { storageSuffix }: KeesSecret | KeesResource): string {
  return `${withoutSlash(storagePrefix)}/${storageSuffix}`;
}

/**
 * Where the leases of a range are in the store: the path of index 7 is this with `.7` after it. The value of a
 * lease that is held is the name of the pod that holds it.
 */
export function keesLeaseRange(storagePrefix: string, { storageSuffix }: KeesLease): string {
  return `${withoutSlash(storagePrefix)}/leases/${storageSuffix}`;
}

/** Where one index of a range is in the store. */
export function keesLeasePath(storagePrefix: string, lease: KeesLease, index: number): string {
  return `${keesLeaseRange(storagePrefix, lease)}.${index}`;
}

/** Which index a path is of; nothing where it is none of the range. */
export function keesLeaseIndex(storagePrefix: string, lease: KeesLease, path: string): number | undefined {
  const start = `${keesLeaseRange(storagePrefix, lease)}.`;
  const text = path.startsWith(start) ? path.slice(start.length) : "";
  if (!/^(?:0|[1-9]\d{0,9})$/.test(text)) return undefined;
  const index = Number(text);
  return index >= lease.rangeStart && index <= lease.rangeEnd ? index : undefined;
}

function withoutSlash(prefix: string): string {
  return prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
}
