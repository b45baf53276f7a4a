/** What to list. */
export interface ListQuery {
  /** Only paths that begin with this; everything when absent. */
  readonly prefix?: string;
  /** Go on where a page with this token ended. */
  readonly pageToken?: string;
}

/** A part of a listing. */
export interface ListPage {
  readonly items: readonly ListedSecret[];
  /** Where to go on if the listing is interrupted; absent on the last page. */
  readonly nextPageToken?: string;
  /**
   * True on the last page of a listing that saw everything its query covers. Only such a listing proves
   * that something is gone; whoever deletes on absence must insist on it.
   */
  readonly complete: boolean;
}

/** One secret of a listing; never its value. */
export interface ListedSecret {
  readonly path: string;
  /** Fields of the secret, where the store tells them without reading values. */
  readonly fields?: readonly string[];
  /** What reading it now would give as its `version`. */
  readonly version?: string;
  /** What reading it now would give as its `etag`, in a store whose listing knows no versions. */
  readonly etag?: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt?: number;
  readonly expiresAt?: number;
  readonly enabled?: boolean;
  /** What people have marked it with, where the store's listing tells: tags, labels. No value is among them. */
  readonly tags?: Readonly<Record<string, string>>;
}
