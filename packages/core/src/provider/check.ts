/** What a provider found out about its own store; one entry an aspect: `reachable`, `authenticated`, … */
export interface CheckResult {
  readonly findings: readonly CheckFinding[];
}

export interface CheckFinding {
  readonly aspect: string;
  readonly status: "ok" | "warning" | "failed";
  readonly message: string;
  /** What to do; always there unless the status is `ok`. */
  readonly remedy?: string;
}
