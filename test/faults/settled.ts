import { setTimeout as sleep } from "node:timers/promises";
import type { ReferenceOutcome, SecretResolver } from "@sluice/core";
import { MARGIN_MS, TIMEOUT_MS } from "./retry-limits.js";
import type { Seed } from "./seed.js";

/** What becomes of the secrets; throws when that takes longer than the resolver was given. */
export async function settled(
  resolver: SecretResolver<"faulty">,
  secrets: readonly Seed[],
  fresh = false,
): Promise<readonly ReferenceOutcome[]> {
  const references = secrets.map(({ reference }) => reference);
  const over = new AbortController();
  const late = sleep(TIMEOUT_MS + MARGIN_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error("The resolver hangs");
  });
  try {
    return await Promise.race([resolver.settle(references, { fresh }), late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

/** The text that was found, or why there is none. */
export function textOf(outcome: ReferenceOutcome | undefined): string {
  if (outcome?.status === "found") return outcome.value.text();
  return `${outcome?.status}: ${outcome?.reason}: ${outcome?.message}`;
}
