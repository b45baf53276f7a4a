import type { WantedLease } from "../wanted/wanted-lease.js";

/** The numbers that are given out of under one prefix of a store. */
export type LeaseSpace = Pick<WantedLease, "store" | "prefix" | "key">;

/** Where the lease of a number is. */
export function leasePath({ prefix }: Pick<LeaseSpace, "prefix">, index: number): string {
  return `${prefix}.${index}`;
}

/** The number of a lease's path; nothing for a path that is none of this prefix. */
export function leaseIndex({ prefix }: Pick<LeaseSpace, "prefix">, path: string): number | undefined {
  // Some stores begin their paths with a slash whatever was written.
  const [start, whole] = [prefix, path].map((text) => text.replace(/^\//, ""));
  if (start === undefined || whole?.startsWith(`${start}.`) !== true) return undefined;
  const rest = whole.slice(start.length + 1);
  return /^(0|[1-9]\d{0,9})$/.test(rest) ? Number(rest) : undefined;
}

/** Tells a space from every other. */
export function spaceId({ store, prefix }: LeaseSpace): string {
  return JSON.stringify([store, prefix]);
}
