import { issuedIn } from "../auth/log-in.js";
import type { IssuedToken } from "../auth/auth-method.js";
import { objectIn, type VaultCall } from "../transport/vault-reply.js";

/** Renewed when this part of its life is over. */
const RENEW_AT = 2 / 3;

/** A token nearer to its end than this part of its life is not used any more. */
const SPENT_AT = 0.9;

/** Shorter lives are not renewed: there is a new login before long in any case. */
const LEAST_TTL_MS = 1000;

/** A token in use. It renews itself as long as the server lets it, and is spent shortly before it ends. */
export class HeldToken {
  readonly #closed = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #spentAt = Infinity;

  constructor(
    readonly issued: IssuedToken,
    private readonly call: VaultCall,
  ) {
    this.#live(issued.ttlMs, issued.renewable);
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
    this.#spentAt = Date.now() + ttlMs * SPENT_AT;
    if (!renewable || ttlMs < LEAST_TTL_MS) return;
    // Unreferenced: a process does not live on for it.
    this.#timer = setTimeout(() => void this.#renew(), Math.min(ttlMs * RENEW_AT, 2 ** 31 - 1)).unref();
  }

  async #renew(): Promise<void> {
    const { signal } = this.#closed;
    const request = {
      method: "POST",
      path: "auth/token/renew-self",
      token: this.token,
      body: {},
      signal,
    } as const;
    const [renewed] = await Promise.allSettled([this.call(request)]);
    // One that cannot be renewed is used until it is spent; then there is a new login, which tells what is wrong.
    if (renewed.status === "rejected" || renewed.value.status !== 200 || signal.aborted) return;
    const issued = issuedIn(objectIn(renewed.value.body, "auth"));
    if (issued !== undefined) this.#live(issued.ttlMs, issued.renewable);
  }
}
