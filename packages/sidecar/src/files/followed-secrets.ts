import { parseReference, type ResolvedReference, type SecretChange, type SecretResolver } from "@sluice/core";
import { pause } from "../util/pause.js";
import type { HeldSecrets } from "./held-secrets.js";

/** How often what was issued and is over is tried again, in milliseconds; what lives is left alone. */
const ISSUE_MS = 3_000;

/** Longest time over which first looks are spread, in milliseconds: sidecars that start together do not look together. */
const MOST_SPREAD_MS = 60_000;

/** A watch takes up to a tenth longer than its interval. */
const WATCH_SPREAD = 1.1;

export interface FollowOptions {
  readonly resolver: SecretResolver;
  readonly secrets: HeldSecrets;
  readonly refreshMs: number;
  /** Called when what is held of a reference has changed. */
  readonly onChange: (reference: string) => void;
}

/** Follows references as long as the signal lasts, and brings what is held of them up to date. Rejects when it fails. */
export async function followSecrets(
  references: ReadonlySet<string>,
  { resolver, secrets, refreshMs, onChange }: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const leased = new Set(resolver.leases.held().flatMap((lease) => lease.references));
  const isIssued = (reference: string): boolean =>
    leased.has(reference) || parseReference(reference).volatile === true;
  const issued = Array.from(references).filter(isIssued);
  const plain = Array.from(references).filter((reference) => !isIssued(reference));

  async function follow(watched: readonly string[], pollIntervalMs: number): Promise<void> {
    if (watched.length === 0) return;
    const known = Object.fromEntries(
      watched.flatMap((reference) => {
        const outcome = secrets.get(reference);
        return outcome === undefined ? [] : [[reference, outcome]];
      }),
    );
    const labelled = Object.fromEntries(watched.map((reference) => [reference, reference]));
    for await (const change of resolver.watch(labelled, { known, pollIntervalMs, signal })) {
      take(change);
      onChange(change.reference);
    }
  }

  function take({ reference, value, version }: SecretChange): void {
    if (value === undefined) return secrets.delete(reference);
    const { store } = parseReference(reference);
    const lease = leaseOf(resolver, reference);
    const outcome: ResolvedReference = {
      status: "found",
      reference,
      store,
      value,
      source: "provider",
      ...(version !== undefined && { version }),
      ...(lease !== undefined && { lease }),
    };
    secrets.set(outcome);
  }

  await Promise.all([
    follow(issued, ISSUE_MS),
    (async () => {
      await pause(Math.random() * Math.min(refreshMs, MOST_SPREAD_MS), signal).catch(() => undefined);
      if (!signal.aborted) await follow(plain, refreshMs / WATCH_SPREAD);
    })(),
  ]);
}

function leaseOf(resolver: SecretResolver, reference: string): ResolvedReference["lease"] {
  const lease = resolver.leases.held().findLast(({ references }) => references.includes(reference));
  if (lease === undefined) return undefined;
  return { id: lease.id, ttlMs: Math.max(0, lease.endsAt - Date.now()), renewable: lease.renewable };
}
