import type { ObjectProperties } from "./object-properties.js";

/** Key Vault counts time in whole seconds, and its answers tell theirs in such. */
const SECOND_MS = 1000;

/**
 * What tells one state of an object from another, in a listing as in a read: when its latest version was made and
 * changed. While that second lasts the object may still change in it, so there is none; nor where it is not known
 * what time it is at the vault, `storeTime`.
 */
export function stampOf(
  { createdOn, updatedOn }: ObjectProperties,
  storeTime: number | undefined,
): string | undefined {
  if (!createdOn || !updatedOn || storeTime === undefined) return undefined;
  if (storeTime - updatedOn.getTime() < SECOND_MS) return undefined;
  return `${createdOn.getTime() / SECOND_MS}-${updatedOn.getTime() / SECOND_MS}`;
}
