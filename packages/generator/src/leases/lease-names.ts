import type { WantedLease } from "../wanted/wanted-lease.js";

/** The numbers that are given out of under one prefix of a store. */
export type LeaseSpace = Pick<WantedLease, "store" | "prefix">;

/** A pod, by what it is found by. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Where the lease of a number is. */
export function leasePath({ prefix }: Pick<LeaseSpace, "prefix">, index: number): string {
  return `${prefix}.${index}`;
}

/** The number of a lease's path; nothing for a path that is none of this prefix. */
export function leaseIndex({ prefix }: Pick<LeaseSpace, "prefix">, path: string): number | undefined {
  const rest = withoutSlash(path).slice(withoutSlash(prefix).length);
  const isOurs = withoutSlash(path).startsWith(withoutSlash(prefix)) && /^\.(0|[1-9]\d{0,14})$/.test(rest);
  return isOurs ? Number(rest.slice(1)) : undefined;
}

/** Tells a space from every other. */
export function spaceId({ store, prefix }: LeaseSpace): string {
  return JSON.stringify([store, prefix]);
}

export function formatPod({ namespace, name }: PodName): string {
  return `${namespace}/${name}`;
}

export function parsePodName(text: string): PodName | undefined {
  const [namespace, name, more] = text.split("/");
  return namespace && name && more === undefined ? { namespace, name } : undefined;
}

// Some stores begin their paths with a slash whatever was written.
function withoutSlash(path: string): string {
  return path.replace(/^\//, "");
}
