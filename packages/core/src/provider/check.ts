/** What a provider found out about its own store. */
export interface CheckResult {
  /** One for each aspect looked at; at least one. */
  readonly findings: readonly CheckFinding[];
  /** The store's own clock when it answered, in milliseconds since the epoch, where it tells. */
  readonly storeTime?: number;
}

export interface CheckFinding {
  /** What was looked at: `reachable`, `authenticated`, or a word of the provider's own. */
  readonly aspect: string;
  readonly status: "ok" | "warning" | "failed";
  /** For people: what was found. Never a value. */
  readonly message: string;
  /** For people: what to do; there unless the status is `ok`. */
  readonly remedy?: string;
}
