import type { ReleaseTicket } from "./decide-release.js";

/**
 * Who was given an environment. Losing it allows a start and denies none: it is hardening, not authorization. A
 * ledger that replicas share may stand behind the same interface; docs/adr/0001-release-ledger.md says why ours do not.
 */
export interface ReleaseLedger {
  /**
   * Puts the ticket that `change` makes of the present one in its place, in one step, and gives what it found.
   *
   * @param key of a container of a pod
   */
  update<Result>(
    key: string,
    change: (ticket: ReleaseTicket | undefined) => {
      readonly ticket?: ReleaseTicket;
      readonly result: Result;
    },
  ): Promise<Result>;
}
