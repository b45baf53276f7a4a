/** What to watch. */
export interface WatchQuery {
  readonly paths: readonly string[];
  /** Go on after the event that carried this cursor. */
  readonly cursor?: string;
}

/**
 * Something happened to a watched path. Events carry no value; who wants it reads it. Without a cursor, or
 * with one it does not know, a watch begins with `resync` as soon as it stands: nothing after that is missed.
 */
export type WatchEvent =
  | { readonly kind: "changed"; readonly path: string; readonly version?: string; readonly cursor?: string }
  | { readonly kind: "deleted"; readonly path: string; readonly cursor?: string }
  /** Events may have been missed: everything watched must be read again. */
  | { readonly kind: "resync"; readonly cursor?: string };
