import type { HeldLease, ResolvedReference } from "@sluice/core";
import { findMisfit } from "@sluice/core/plan";
import { SecretValue } from "@sluice/core";

/** What one run leaves to the next: the leases that live, and what was issued with them. A secret. */
export interface SidecarState {
  readonly leases: readonly HeldLease[];
  readonly secrets: readonly ResolvedReference[];
}

const VERSION = 1;

/** As much as the largest plan's values may be; whatever is larger was not written by us. */
export const MOST_STATE_BYTES: number = 32 * 1024 * 1024;

const TEXT = { type: "string" } as const;
const TIME = { type: "number", minimum: 0 } as const;

const STATE_SCHEMA = {
  type: "object",
  required: ["version", "leases", "secrets"],
  properties: {
    version: { const: VERSION },
    leases: {
      type: "array",
      items: {
        type: "object",
        required: ["store", "id", "endsAt", "renewable", "references"],
        properties: {
          store: TEXT,
          id: TEXT,
          endsAt: TIME,
          maxEndsAt: TIME,
          renewable: { type: "boolean" },
          references: { type: "array", items: TEXT },
        },
      },
    },
    secrets: {
      type: "array",
      items: {
        type: "object",
        required: ["reference", "store", "value"],
        properties: { reference: TEXT, store: TEXT, value: TEXT, version: TEXT, etag: TEXT, expiresAt: TIME },
      },
    },
  },
} as const;

/** The text of a state. Only what was issued with a lease is in it: anything else is better read anew. */
export function formatState({ leases, secrets }: SidecarState): SecretValue {
  const issued = new Set(leases.flatMap(({ references }) => references));
  const kept = secrets
    .filter(({ reference }) => issued.has(reference))
    .map(({ reference, store, value, version, etag, expiresAt }) => ({
      reference,
      store,
      value: Buffer.from(value.bytes()).toString("base64"),
      ...(version !== undefined && { version }),
      ...(etag !== undefined && { etag }),
      ...(expiresAt !== undefined && { expiresAt }),
    }));
  return SecretValue.fromText(JSON.stringify({ version: VERSION, leases, secrets: kept }));
}

/** What is left of a state: leases that still live, and whose values are there. `undefined` where it is none. */
export function parseState(text: string, now: number): SidecarState | undefined {
  const state = parseJson(text);
  if (state === undefined || findMisfit(STATE_SCHEMA, state) !== undefined) return undefined;
  const { leases, secrets } = state as {
    readonly leases: readonly HeldLease[];
    readonly secrets: readonly (Omit<ResolvedReference, "value"> & { readonly value: string })[];
  };
  const known = new Set(secrets.map(({ reference }) => reference));
  const living = leases.filter(
    ({ endsAt, references }) =>
      endsAt > now && references.length > 0 && references.every((reference) => known.has(reference)),
  );
  const byReference = new Map(living.flatMap((lease) => lease.references.map((name) => [name, lease])));
  return {
    leases: living,
    secrets: secrets.flatMap((secret): ResolvedReference[] => {
      const lease = byReference.get(secret.reference);
      if (lease === undefined) return [];
      const { id, endsAt, renewable } = lease;
      const value = SecretValue.fromBytes(Buffer.from(secret.value, "base64"));
      const left = { id, ttlMs: endsAt - now, renewable };
      return [{ ...secret, status: "found", value, lease: left, source: "provider" }];
    }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
