import { issuedIn } from "../auth/log-in.js";
import type { IssuedToken } from "../auth/auth-method.js";
import { objectIn, type VaultCall } from "../transport/vault-reply.js";

/** Renewed when this part of its life is over. */
const RENEW_AT = 2 / 3;

/** A token nearer to its end than this part of its life is not used any more. */
const SPENT_AT = 0.9;

/**
 * The same where no renewal follows: leases end with the token, and what takes their place when this part of their time
 * is over is to be issued to another one (core's keep-lease.ts).
 */
const LAST_SPENT_AT = 0.6;

/** A renewal that gives less than this part of what the token lasted before was bounded by its maximum: it is the last. */
const FULL_RENEWAL = 0.9;

/** One that adds less than this part was at the maximum, and leases are issued anew at once (keep-lease.ts as well). */
const LEAST_GAIN = 0.1;

/** Shorter lives are not renewed: there is a new login before long in any case. */
const LEAST_TTL_MS = 1000;

/** Longest that a renewal may take, in milliseconds: one that is swallowed stands in nobody's way for good. */
const RENEW_MS = 5000;

/** Longest that a reader waits for one: less than an attempt to read has (core's `attemptTimeoutMs`), which it is part of. */
const WAIT_MS = 2000;

/** A token in use. It renews itself as long as the server lets it, and is spent shortly before it ends. */
export class HeldToken {
  readonly #closed = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #spentAt = Infinity;
  #endsAt = Infinity;
  /** Milliseconds that the last login or renewal gave, and the most that any did. */
  #lastsMs = 0;
  #mostMs = 0;
  #isLast = false;
  #renewing: Promise<void> | undefined;

  constructor(
    readonly issued: IssuedToken,
    private readonly call: VaultCall,
  ) {
    this.#live(issued.ttlMs, issued.renewable);
  }

  /** Milliseconds until it ends, as far as is known: what was issued to it ends then too. */
  get leftMs(): number {
    return Math.max(0, this.#endsAt - Date.now());
  }

  /**
   * Renews it now, unless that gave little more. Whoever asks meanwhile waits for the same renewal, but no longer than two
   * seconds, nor than the signal lasts: the token then ends when it would have.
   */
  async prolong(signal: AbortSignal): Promise<void> {
    if (this.#isLast || this.leftMs > this.#lastsMs / 2) return;
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = undefined));
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, signal.aborted ? 0 : WAIT_MS);
    const leave = (): void => over.resolve();
    signal.addEventListener("abort", leave, { once: true });
    try {
      await Promise.race([this.#renewing, over.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    }
  }

  get token(): string {
    return this.issued.token;
  }

  get spent(): boolean {
    return Date.now() >= this.#spentAt;
  }

  /** Ends the renewals; the token itself lives on. */
  release(): void {
    clearTimeout(this.#timer);
    this.#closed.abort();
  }

  #live(ttlMs: number, renewable: boolean): void {
    // A token without end, or one that somebody else sees to.
    if (ttlMs === 0) return;
    const now = Date.now();
    this.#mostMs = Math.max(this.#mostMs, ttlMs);
    const gainMs = now + ttlMs - (this.#lastsMs === 0 ? now : this.#endsAt);
    this.#isLast = !renewable || ttlMs < Math.max(LEAST_TTL_MS, this.#mostMs * FULL_RENEWAL);
    this.#lastsMs = ttlMs;
    this.#endsAt = now + ttlMs;
    if (gainMs < this.#mostMs * LEAST_GAIN) this.#spentAt = now;
    else this.#spentAt = now + ttlMs * (this.#isLast ? LAST_SPENT_AT : SPENT_AT);
    clearTimeout(this.#timer);
    if (this.#isLast) return;
    // Unreferenced: a process does not live on for it.
    this.#timer = setTimeout(() => void this.#renew(), Math.min(ttlMs * RENEW_AT, 2 ** 31 - 1)).unref();
  }

  async #renew(): Promise<void> {
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(RENEW_MS)]);
    const request = {
      method: "POST",
      path: "auth/token/renew-self",
      token: this.token,
      body: {},
      signal,
    } as const;
    const [renewed] = await Promise.allSettled([this.call(request)]);
    // One that cannot be renewed is used until it is spent; then there is a new login, which tells what is wrong.
    if (renewed.status === "rejected" || renewed.value.status !== 200 || this.#closed.signal.aborted) return;
    const issued = issuedIn(objectIn(renewed.value.body, "auth"));
    if (issued !== undefined) this.#live(issued.ttlMs, issued.renewable);
  }
}
