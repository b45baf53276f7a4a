import { type SecretValue, StoreError } from "@sluice/core";
import type { RequestedToken } from "@sluice/kubernetes";
import { failureOfThrown } from "../source/sync-failure.js";

/** A service account, and for whom it is to be proved. */
export interface AccountToken {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
}

/** Part of a token's life after which another is asked for. */
const USED_FOR = 0.8;

interface Kept {
  readonly token: SecretValue;
  readonly useUntil: number;
}

/** Tokens of service accounts, for stores that log in as one; each is kept while it is good. */
export class AccountTokens {
  readonly #kept = new Map<string, Promise<Kept>>();

  constructor(
    private readonly request: (wanted: AccountToken, signal: AbortSignal) => Promise<RequestedToken>,
  ) {}

  /** @throws {StoreError} */
  async get(wanted: AccountToken, signal: AbortSignal): Promise<string> {
    const key = JSON.stringify([wanted.namespace, wanted.serviceAccount, wanted.audience]);
    const kept = await this.#kept.get(key);
    if (kept !== undefined && Date.now() < kept.useUntil) return kept.token.text();
    const asking = this.#ask(wanted, signal);
    this.#kept.set(key, asking);
    // Whoever asks next tries again.
    asking.catch(() => this.#kept.get(key) === asking && this.#kept.delete(key));
    return (await asking).token.text();
  }

  async #ask(wanted: AccountToken, signal: AbortSignal): Promise<Kept> {
    const askedAt = Date.now();
    try {
      const { token, expiresAt } = await this.request(wanted, signal);
      return { token, useUntil: askedAt + (expiresAt - askedAt) * USED_FOR };
    } catch (thrown) {
      signal.throwIfAborted();
      const { namespace, serviceAccount, audience } = wanted;
      throw new StoreError(audience, {
        status: "denied",
        reason: "account-token",
        message: `cannot be logged in to as service account ${namespace}/${serviceAccount}: ${failureOfThrown(thrown).message}`,
        remedy: "Let the controller create tokens of this service account, see docs/sync.md",
      });
    }
  }
}
