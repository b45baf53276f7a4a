import type { Failure, SecretLease } from "../provider/secret-outcome.js";
import { pause } from "../util/pause.js";
import type { BookedLease } from "./lease-book.js";
import { retryDelay } from "./retry-delay.js";

/** Of the time that is left, what passes before the next step: at least this, */
const WAIT_FRACTION = 0.6;
/** and up to this much more, so that a thousand leases are not renewed in the same second. */
const WAIT_SPREAD = 0.1;

/** A renewal that adds less than this part of what a lease lasts was at the maximum. */
const LEAST_GAIN = 0.1;

/** Shortest pause after a renewal that failed, in milliseconds. */
const LEAST_PAUSE_MS = 500;
const BACK_OFF = { baseDelayMs: 1_000, maxDelayMs: 30_000 } as const;

export interface LeaseCare {
  readonly lease: BookedLease;
  /** Renews it once, and books what came of it; absent to let it run out. */
  readonly renew?: (() => Promise<SecretLease | Failure>) | undefined;
  readonly tell: {
    renewed(): void;
    failed(failure: Failure, attempt: number): void;
    /** It is not renewed any more, and still lives for a while. */
    expiring(): void;
    lost(status: "ended" | Failure["status"]): void;
  };
  readonly signal: AbortSignal;
}

/** Keeps a lease alive as long as its store lets it, and tells of its end. Rejects when the signal aborts. */
export async function keepLease(care: LeaseCare): Promise<void> {
  const { lease, tell, signal } = care;
  let lastsMs = 0;
  for (;;) {
    const leftMs = Math.max(0, lease.endsAt - Date.now());
    lastsMs = Math.max(lastsMs, leftMs);
    await pauseUntil(Date.now() + leftMs * (WAIT_FRACTION + Math.random() * WAIT_SPREAD), signal);
    if (lease.maxEndsAt !== undefined && lease.endsAt >= lease.maxEndsAt) break;
    const { endsAt } = lease;
    const answer = await renewInTime(care);
    if (answer === "cannot") break;
    if ("status" in answer) return tell.lost(answer.status);
    tell.renewed();
    lastsMs = Math.max(lastsMs, answer.ttlMs);
    if (lease.endsAt - endsAt < lastsMs * LEAST_GAIN) break;
  }
  tell.expiring();
  await pauseUntil(lease.endsAt, signal);
  tell.lost("ended");
}

/** Tries until it succeeds, or the lease has ended, or the store says that it will not. */
async function renewInTime({
  lease,
  renew,
  tell,
  signal,
}: LeaseCare): Promise<SecretLease | Failure | "cannot"> {
  for (let attempt = 1; ; attempt += 1) {
    if (renew === undefined || !lease.renewable) return "cannot";
    const answer = await renew();
    if (!("status" in answer)) return answer;
    if (answer.status === "invalid" || answer.status === "unsupported") return "cannot";
    tell.failed(answer, attempt);
    if (answer.status === "not-found") return answer;
    const delayMs = LEAST_PAUSE_MS + retryDelay(attempt, answer.retryAfterMs, BACK_OFF);
    await pauseUntil(Math.min(Date.now() + delayMs, lease.endsAt), signal);
    if (Date.now() >= lease.endsAt) return answer;
  }
}

async function pauseUntil(time: number, signal: AbortSignal): Promise<void> {
  // Longer than a timer takes, it takes several. It does not keep a process from ending.
  do await pause(Math.max(0, time - Date.now()), signal, { ref: false });
  while (Date.now() < time);
}
