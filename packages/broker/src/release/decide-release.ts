import type { ObservedContainer } from "./observed-container.js";

/** What is remembered of a release. */
export interface ReleaseTicket {
  /** Which start of the container it was for, from 0. */
  readonly start: number;
  /** The instance that ran at the time. */
  readonly instance?: string;
  readonly nonce: string;
}

/**
 * - `first`: this start has not asked before, and starts just now.
 * - `retry`: the same launcher asks again.
 * - `replay`: somebody asks for a start that was served, or has long begun. `onReplay` decides.
 */
export type Release =
  | { readonly kind: "first" | "retry" }
  | { readonly kind: "replay"; readonly why: "late" | "another-nonce" | "never-starts-again" };

export interface ReleaseQuestion {
  readonly observed: ObservedContainer;
  readonly ticket: ReleaseTicket | undefined;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How long after its start a container may first ask: the kubelet's status lags by up to 20 seconds. */
export const LATEST_MS = 60_000;

/** Whether a container starts just now, so that it may have its environment; docs/spec/protocol-v1.md, 7.4. */
export function decideRelease({ observed, ticket, nonce, now }: ReleaseQuestion): Release {
  if (ticket !== undefined && isSameStart(ticket, observed))
    return ticket.nonce === nonce ? { kind: "retry" } : { kind: "replay", why: "another-nonce" };
  if (observed.ephemeral && observed.state === "terminated")
    return { kind: "replay", why: "never-starts-again" };
  const { startedAt = -Infinity } = observed;
  return observed.state === "running" && now - startedAt > LATEST_MS
    ? { kind: "replay", why: "late" }
    : { kind: "first" };
}

/** The ticket of whoever asks now. */
export function ticketFor(observed: ObservedContainer, nonce: string): ReleaseTicket {
  const { instance } = observed;
  const running = observed.state === "running" && instance !== undefined;
  return { start: startOf(observed), nonce, ...(running && { instance }) };
}

/** Which start is asking: the one that runs, else the one to come. */
function startOf({ state, restarts, ranBefore }: ObservedContainer): number {
  return state !== "running" && ranBefore ? restarts + 1 : restarts;
}

/** Whether a ticket is of the start that is observed now, or may be. */
export function isSameStart(ticket: ReleaseTicket, observed: ObservedContainer): boolean {
  // The count is the kubelet's best effort and may begin anew; two instances that ran are told apart for certain.
  if (observed.state === "running" && ticket.instance !== undefined && observed.instance !== undefined)
    return ticket.instance === observed.instance;
  return startOf(observed) <= ticket.start;
}
