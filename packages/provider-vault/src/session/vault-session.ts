import type { AuthMethod } from "../auth/auth-method.js";
import {
  numberIn,
  textIn,
  type VaultCall,
  type VaultReply,
  type VaultRequest,
} from "../transport/vault-reply.js";
import { HeldToken } from "./held-token.js";
import { SharedFlight } from "./shared-flight.js";

/** Longest that revoking a token may hold up the end, in milliseconds. */
const REVOKE_MS = 3000;

/** A lease as far as is known here: it ends by itself, or with its token. */
interface KnownLease {
  readonly owner: HeldToken;
  /** Milliseconds since the epoch; `Infinity` where the server tells no end. */
  readonly endsAt: number;
}

/** Calls as somebody: logs in with the first one, and again when the token is at its end. */
export class VaultSession {
  readonly #logins = new SharedFlight<HeldToken>();
  /** Leases that were issued to it, that it has not given back and that are not over. */
  readonly #leases = new Map<string, KnownLease>();
  /** Tokens that leases were issued to: one that another took the place of lives on for them. */
  readonly #owners = new Set<HeldToken>();
  #held: HeldToken | undefined;

  constructor(
    private readonly auth: AuthMethod,
    private readonly call: VaultCall,
    private readonly leavesLeases: boolean,
  ) {}

  /**
   * Asks with a token. A refusal that is the token's fault is answered with one new login, and asked again. A lease in
   * the answer lasts no longer than the token that it was issued to.
   */
  readonly ask = async (request: Omit<VaultRequest, "token">): Promise<VaultReply> => {
    const { reply, asker } = await this.#ask(request);
    const lease = textIn(reply.body, "lease_id");
    return lease === undefined ? reply : this.#bounded(reply, lease, asker, request.signal);
  };

  /** A lease that was given back. */
  gaveBack(lease: string): void {
    this.#leases.delete(lease);
  }

  async #ask(request: Omit<VaultRequest, "token">): Promise<{ reply: VaultReply; asker: HeldToken }> {
    const held = await this.#token(request.signal);
    const reply = await this.call({ ...request, token: held.token });
    if (reply.status !== 403 || (await this.#isAlive(held, request.signal))) return { reply, asker: held };
    if (this.#held === held) this.#forget();
    const fresh = await this.#token(request.signal);
    if (fresh.token === held.token) return { reply, asker: held };
    return { reply: await this.call({ ...request, token: fresh.token }), asker: fresh };
  }

  /** The server tells how long a lease lasts by itself; it ends earlier if its token does. */
  async #bounded(
    reply: VaultReply,
    lease: string,
    asker: HeldToken,
    signal: AbortSignal,
  ): Promise<VaultReply> {
    // A renewal may be asked for with a later token: the lease stays with the one it has.
    const { owner } = this.#leases.get(lease) ?? { owner: asker };
    this.#forgetEnded();
    const lastsMs = (numberIn(reply.body, "lease_duration") ?? 0) * 1000;
    this.#leases.set(lease, { owner, endsAt: lastsMs > 0 ? Date.now() + lastsMs : Infinity });
    this.#owners.add(owner);
    if (lastsMs > owner.leftMs) await owner.prolong(signal);
    const seconds = Math.min(lastsMs, owner.leftMs) / 1000;
    return { ...reply, body: { ...reply.body, lease_duration: seconds } };
  }

  /** A token to ask with, for whoever asks by itself. */
  readonly token = async (signal: AbortSignal): Promise<string> => (await this.#token(signal)).token;

  /** Another token, where one that was refused is over; nothing where the refusal was meant. */
  readonly replacement = async (refused: string, signal: AbortSignal): Promise<string | undefined> => {
    const held = this.#held;
    if (held?.token === refused) {
      if (await this.#isAlive(held, signal)) return undefined;
      if (this.#held === held) this.#forget();
    }
    const fresh = await this.token(signal);
    return fresh === refused ? undefined : fresh;
  };

  /** Ends the session, without revoking: what was issued to it lives on until its end. */
  release(): void {
    this.#forget();
  }

  /**
   * Ends the session, and its tokens if we were issued them, unless somebody comes after us, or leases are to live on, which
   * end with them.
   */
  async close(): Promise<void> {
    const held = this.#held;
    this.#forget();
    this.#forgetEnded();
    if (this.leavesLeases && this.#leases.size > 0) return;
    const tokens = new Set([...(held === undefined ? [] : [held]), ...this.#owners]);
    const ours = Array.from(tokens).filter(
      ({ issued, leftMs }) => issued.ours && issued.isKept !== true && leftMs > 0,
    );
    const signal = AbortSignal.timeout(REVOKE_MS);
    const request = { method: "POST", path: "auth/token/revoke-self", signal } as const;
    // Whatever comes of it, a token ends by itself before long: no reason to fail an end that is due.
    await Promise.allSettled(ours.map(async ({ token }) => this.call({ ...request, token })));
  }

  // Refused to a live token is refused to us. Another's token is compared with what its file holds by now.
  async #isAlive(held: HeldToken, signal: AbortSignal): Promise<boolean> {
    if (!held.issued.ours) return false;
    const { token } = held;
    const reply = await this.call({ method: "GET", path: "auth/token/lookup-self", token, signal });
    return reply.status !== 403;
  }

  async #token(signal: AbortSignal): Promise<HeldToken> {
    const held = this.#held;
    if (held !== undefined && !held.spent) return held;
    try {
      return await this.#logins.join("login", signal, async (shared) => {
        const fresh = new HeldToken(await this.auth.login(this.call, shared), this.call);
        this.#forget();
        this.#held = fresh;
        return fresh;
      });
    } catch (thrown) {
      signal.throwIfAborted();
      // It lives for a while yet, longer perhaps than a login fails.
      if (held === undefined || held !== this.#held || held.leftMs === 0) throw thrown;
      return held;
    }
  }

  #forgetEnded(): void {
    const now = Date.now();
    for (const [id, { owner, endsAt }] of this.#leases)
      if (endsAt <= now || owner.leftMs === 0) this.#leases.delete(id);
    for (const owner of this.#owners) if (owner.leftMs === 0) this.#owners.delete(owner);
  }

  #forget(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}
