/** How a secret that syncs want stood at the last look at its store. */
export interface Counted {
  readonly path: string;
  /** It was there once. */
  readonly wasFound: boolean;
  /** The store itself said that it is not there. */
  readonly isGone: boolean;
  /** When its going was taken for meant, in milliseconds since the epoch. */
  readonly acceptedAt?: number;
}

export interface Census {
  /** Secrets that were there once. */
  readonly known: number;
  /** Those of them that are gone. */
  readonly gone: number;
  /** Whether so many going at once is no accident. */
  readonly isPlausible: boolean;
}

/** Part of a store that may go at once. */
const MOST_GONE = 0.2;

/** For how long what goes counts as going at once, in milliseconds. */
export const AT_ONCE_MS = 3_600_000;

/**
 * Whether what is gone of a store may be deleted: not when more than a fifth of what was there is gone within an
 * hour, and never when all of it is. One secret may always go, if another stays.
 */
export function takeCensus(secrets: Iterable<Counted>, now: number): Census {
  const paths = new Map<string, boolean>();
  for (const { path, wasFound, isGone, acceptedAt } of secrets) {
    const isHistory = isGone && acceptedAt !== undefined && now - acceptedAt > AT_ONCE_MS;
    if (!wasFound || isHistory) continue;
    // Of several references to a path one may name a field that is not there; the path is gone if all are.
    paths.set(path, (paths.get(path) ?? true) && isGone);
  }
  const known = paths.size;
  const gone = Array.from(paths.values()).filter(Boolean).length;
  return { known, gone, isPlausible: gone < known && gone <= Math.max(1, known * MOST_GONE) };
}
