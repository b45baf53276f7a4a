import { createHash } from "node:crypto";
import type { Controller } from "./top-controller.js";

/** A version of a secret that containers of a workload were given. Never a value. */
export interface DeliveredVersion {
  readonly container: string;
  /** Canonical form. */
  readonly reference: string;
  /** Absent where the store knows no versions. */
  readonly version?: string;
  /** When it was given last, in milliseconds since the epoch, to the minute. */
  readonly at: number;
}

/** Label of the ConfigMaps that hold them. */
export const DELIVERED_LABEL = "sluice.dev/delivered-versions";

/** Versions of one reference in one container that are kept. */
const MOST_VERSIONS = 5;
/** Entries of one workload: some 500 KiB of the megabyte that a ConfigMap takes. */
const MOST_ENTRIES = 2_000;

/** Name of the ConfigMap of a workload; another one for a workload that is made anew under its name. */
export function recordName({ kind, name, uid }: Controller): string {
  // 253 characters at most; the end of the name is what may be cut.
  const shown = `${kind.toLowerCase()}-${name}`.slice(0, 200).replace(/[.-]+$/, "");
  return `sluice-delivered-${shown}-${hash(uid).slice(0, 10)}`;
}

/** Key of an entry. Replicas of the broker that write about another version, or container, never meet. */
export function recordKey({ container, reference, version }: Omit<DeliveredVersion, "at">): string {
  return `${container}.${hash(JSON.stringify([reference, version ?? null])).slice(0, 32)}`;
}

export function formatRecord({ reference, version, at }: DeliveredVersion): string {
  return JSON.stringify({ reference, version, at: new Date(at).toISOString() });
}

/** What a ConfigMap's `data` tells. Entries that are not of ours are passed over. */
export function parseRecords(data: Readonly<Record<string, string>> = {}): DeliveredVersion[] {
  return Object.entries(data).flatMap(([key, text]) => {
    const container = /^([a-z0-9-]{1,63})\.[0-9a-f]{32}$/.exec(key)?.[1];
    const record = parse(text);
    const at = Date.parse(String(record?.["at"]));
    if (container === undefined || typeof record?.["reference"] !== "string" || Number.isNaN(at)) return [];
    const { reference, version } = record;
    return [{ container, reference, at, ...(typeof version === "string" && { version }) }];
  });
}

/** Keys of what is told no longer: the oldest versions of a reference, and the oldest of all. */
export function outdatedKeys(data: Readonly<Record<string, string>>): string[] {
  const newestFirst = parseRecords(data).sort((one, other) => other.at - one.at);
  const seen = new Map<string, number>();
  const kept = newestFirst.filter(({ container, reference }) => {
    const which = JSON.stringify([container, reference]);
    seen.set(which, (seen.get(which) ?? 0) + 1);
    return (seen.get(which) ?? 0) <= MOST_VERSIONS;
  });
  const keys = new Set(kept.slice(0, MOST_ENTRIES).map(recordKey));
  return newestFirst.map(recordKey).filter((key) => !keys.has(key));
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
