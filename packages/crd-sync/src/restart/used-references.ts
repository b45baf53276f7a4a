import { parseReference, ReferenceSyntaxError, type SecretReference } from "@sluice/core";
import type { GivenVersion } from "./restart-options.js";

/** A reference that a workload's pods were given, and the version they were given last. */
export interface UsedReference {
  readonly label: string;
  readonly reference: SecretReference;
  readonly version: string;
}

/** All that a container was given at one start is written within this time, in milliseconds. */
const ONE_START_MS = 10 * 60_000;

/**
 * What the pods of a workload still use. Each start gives a container all of its references anew, so one that was last
 * given well before the others is used no more. What is issued anew by each read has no version to compare.
 */
export function usedReferences(given: readonly GivenVersion[]): UsedReference[] {
  const used = new Map<string, UsedReference>();
  for (const records of Map.groupBy(given, ({ container }) => container).values()) {
    const lastStart = Math.max(...records.map(({ at }) => at));
    for (const { reference: label, version, at } of records.toSorted((one, other) => one.at - other.at)) {
      const reference = parsed(label);
      if (reference === undefined || version === undefined || reference.volatile === true) continue;
      if (reference.version === undefined && at >= lastStart - ONE_START_MS)
        used.set(label, { label, reference, version });
    }
  }
  return Array.from(used.values());
}

function parsed(label: string): SecretReference | undefined {
  try {
    return parseReference(label);
  } catch (thrown) {
    // Somebody wrote into the record.
    if (ReferenceSyntaxError.isInstance(thrown)) return undefined;
    throw thrown;
  }
}
