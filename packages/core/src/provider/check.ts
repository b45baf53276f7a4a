import type { FailureStatus } from "./secret-outcome.js";

/** What a provider found out about its own store. */
export interface CheckResult {
  /** One for each aspect looked at; at least one. */
  readonly findings: readonly CheckFinding[];
  /** The store's own clock when it answered, in milliseconds since the epoch, where it tells. */
  readonly storeTime?: number;
}

/** What one look of a check came to. */
export type CheckFinding = PassedFinding | FailedFinding;

/** It can be used as it is, perhaps not for long or not for everything. */
export interface PassedFinding extends FindingTexts {
  readonly status: "ok" | "warning";
}

/** It cannot be used. */
export interface FailedFinding extends FindingTexts {
  readonly status: "failed";
  /** What reading would fail with because of it. */
  readonly failure: FailureStatus;
}

interface FindingTexts {
  /** What was looked at: `reachable`, `authenticated`, or a word of the provider's own. */
  readonly aspect: string;
  /** For people: what was found. Never a value. */
  readonly message: string;
  /** For people: what to do; there unless the status is `ok`. */
  readonly remedy?: string;
}
