/** A pod, by what it is found by. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** What a ledger says of one number. */
export interface LedgerEntry {
  readonly pod: PodName;
  /** Somebody is at work on it; without, the store has the lease. */
  readonly mark?: LedgerMark;
}

/** Who is at work on a number: until the mark is old nobody else touches it. */
export interface LedgerMark {
  readonly work: "claiming" | "releasing";
  /** The generator. */
  readonly by: string;
  /** Since when, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Age from which a mark is of somebody who has gone, in milliseconds. Every call for the sake of a mark ends in a
 * third of that, and the clocks of a cluster's nodes differ by less than another third.
 */
export const MARK_MS = 60_000;

/** Whether this generator may work on an entry. */
export function isFree({ mark }: LedgerEntry, by: string, now: number): boolean {
  return mark === undefined || mark.by === by || now - mark.at > MARK_MS;
}

/** An entry as a ledger has it: `NAMESPACE/POD`, or `NAMESPACE/POD claiming GENERATOR TIME`. */
export function formatEntry({ pod, mark }: LedgerEntry): string {
  const name = podKey(pod);
  return mark === undefined ? name : `${name} ${mark.work} ${mark.by} ${mark.at}`;
}

/** Reads what {@link formatEntry} writes; nothing for anything else. */
export function parseEntry(text: string): LedgerEntry | undefined {
  const { namespace, name, work, by, at } =
    /^(?<namespace>[^/\s]+)\/(?<name>[^/\s]+)(?: (?<work>claiming|releasing) (?<by>\S+) (?<at>\d{1,15}))?$/.exec(
      text,
    )?.groups ?? {};
  if (namespace === undefined || name === undefined) return undefined;
  const pod = { namespace, name };
  if (by === undefined || (work !== "claiming" && work !== "releasing")) return { pod };
  return { pod, mark: { work, by, at: Number(at) } };
}

/** `NAMESPACE/NAME`. */
export function podKey({ namespace, name }: PodName): string {
  return `${namespace}/${name}`;
}
