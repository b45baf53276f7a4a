import type { ProblemError } from "@sluice/protocol";
import { refuse } from "../refusals.js";
import type { Workload } from "../audit/audit-events.js";
import { decideRelease, LATEST_MS, type Release, ticketFor } from "./decide-release.js";
import type { ObservedContainer } from "./observed-container.js";
import type { ReleaseLedger } from "./release-ledger.js";

/** What becomes of a replay: it is refused, or answered and written down. */
export type OnReplay = "refuse" | "audit";

export interface ReleaseClaim {
  readonly workload: Workload;
  readonly observed: ObservedContainer;
  readonly nonce: string;
  readonly onReplay: OnReplay;
}

/**
 * Claims a start for whoever asks. Its ticket is written before anything is read, so that what waits for a store
 * may go on trying however long that takes.
 */
export async function claimRelease(ledger: ReleaseLedger, claim: ReleaseClaim): Promise<Release> {
  const { workload, observed, nonce, onReplay } = claim;
  return ledger.update(`${workload.podUid}/${workload.container}`, (ticket) => {
    const result = decideRelease({ observed, ticket, nonce, now: Date.now() });
    // The first one to ask keeps its claim, whoever else was let through.
    const claims = result.kind === "first" || (result.kind === "replay" && result.why === "late");
    const takes = claims && !(result.kind === "replay" && onReplay === "refuse");
    return takes ? { ticket: ticketFor(observed, nonce), result } : { result };
  });
}

/** Why a replay is refused, for people. */
export function refuseReplay(
  { container, pod }: Workload,
  why: (Release & { kind: "replay" })["why"],
): ProblemError {
  const reasons = {
    late: `began to run more than ${LATEST_MS / 1000} seconds ago`,
    "another-nonce": "has its environment already",
    "never-starts-again": "has ended and does not start again",
  };
  return refuse("replay", `Container "${container}" of pod ${pod} ${reasons[why]}`);
}
