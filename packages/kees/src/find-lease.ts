import { type FailedReference, formatReference } from "@sluice/core";
import { type KeesLease, keesLeasePath, keesLeaseRange } from "@sluice/dialects";
import { type KeesReading, noPodName, requestOf } from "./kees-reading.js";

/** Paths that are asked for at once: some calls of a store. The lowest free index is given first, so few are needed. */
const AT_ONCE = 80;

/** The index of a range whose value is this pod's name, or why there is none. */
export async function findLease(
  lease: KeesLease,
  prefix: string,
  reading: KeesReading,
): Promise<{ readonly index: number } | FailedReference> {
  const { reader, store, key, podName } = reading;
  if (podName === undefined) return noPodName(lease.name);
  const { rangeStart, rangeEnd } = lease;
  for (let first = rangeStart; first <= rangeEnd; first += AT_ONCE) {
    const length = Math.min(AT_ONCE, rangeEnd - first + 1);
    const references = Array.from({ length }, (_, at) => ({
      store,
      path: keesLeasePath(prefix, lease, first + at),
      ...(key !== undefined && { key }),
    }));
    const outcomes = await reader.settle(references, requestOf(reading));
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === "found" && outcome.value.textOrUndefined() === podName)
        return { index: first + at };
      // Whose an index is that cannot be read, nobody knows.
      if (outcome.status !== "found" && outcome.status !== "not-found") return outcome;
    }
  }
  return {
    reference: formatReference({ store, path: keesLeaseRange(prefix, lease) }),
    store,
    status: "not-found",
    reason: "no-lease",
    message: `has no index from ${rangeStart} to ${rangeEnd} that is held by this pod`,
    remedy:
      "Check that the generator runs and that the range is not used up, and set RETRY_DELAY to wait for it",
  };
}
