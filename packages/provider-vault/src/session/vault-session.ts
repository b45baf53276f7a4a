import type { AuthMethod } from "../auth/auth-method.js";
import { textIn, type VaultCall, type VaultReply, type VaultRequest } from "../transport/vault-reply.js";
import { HeldToken } from "./held-token.js";
import { SharedFlight } from "./shared-flight.js";

/** Longest that revoking a token may hold up the end, in milliseconds. */
const REVOKE_MS = 3000;

/** Calls as somebody: logs in with the first one, and again when the token is at its end. */
export class VaultSession {
  readonly #logins = new SharedFlight<HeldToken>();
  /** Leases that were issued to it and that it has not given back. */
  readonly #leases = new Set<string>();
  #held: HeldToken | undefined;

  constructor(
    private readonly auth: AuthMethod,
    private readonly call: VaultCall,
    private readonly leavesLeases: boolean,
  ) {}

  /** Asks with a token. A refusal that is the token's fault is answered with one new login, and asked again. */
  readonly ask = async (request: Omit<VaultRequest, "token">): Promise<VaultReply> => {
    const reply = await this.#ask(request);
    const lease = textIn(reply.body, "lease_id");
    if (lease !== undefined && this.leavesLeases) this.#leases.add(lease);
    return reply;
  };

  /** A lease that was given back. */
  gaveBack(lease: string): void {
    this.#leases.delete(lease);
  }

  async #ask(request: Omit<VaultRequest, "token">): Promise<VaultReply> {
    const held = await this.#token(request.signal);
    const reply = await this.call({ ...request, token: held.token });
    if (reply.status !== 403 || (await this.#isAlive(held, request.signal))) return reply;
    if (this.#held === held) this.#forget();
    const fresh = await this.#token(request.signal);
    return fresh.token === held.token ? reply : this.call({ ...request, token: fresh.token });
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
   * Ends the session, and its token if we were issued it, unless somebody comes after us, or leases are to live on, which
   * end with it.
   */
  async close(): Promise<void> {
    const held = this.#held;
    this.#forget();
    if (held === undefined || !held.issued.ours || held.issued.isKept === true || this.#leases.size > 0)
      return;
    const signal = AbortSignal.timeout(REVOKE_MS);
    const request = { method: "POST", path: "auth/token/revoke-self", token: held.token, signal } as const;
    // Whatever comes of it, the token ends by itself before long: no reason to fail an end that is due.
    await Promise.allSettled([this.call(request)]);
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
    this.#forget();
    return this.#logins.join("login", signal, async (shared) => {
      const fresh = new HeldToken(await this.auth.login(this.call, shared), this.call);
      this.#held = fresh;
      return fresh;
    });
  }

  #forget(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}
