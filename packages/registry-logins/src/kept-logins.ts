import { thrownName, unlessAborted } from "@sluice/core";
import { LRUCache } from "lru-cache";
import type { LoginProblem, RegistryLogin } from "./registry-login.js";

/** A login as a cloud gives it. */
export interface IssuedLogin {
  readonly login: RegistryLogin;
  /** When it ends, in milliseconds since the epoch. */
  readonly endsAt: number;
}

export interface KeptLoginsOptions {
  /** What a login that cannot be had is said to be: `AWS gives no login for its registries in eu-west-1`. */
  readonly problem: (key: string) => string;
  readonly remedy: string;
  /** Longest time for one login, in milliseconds; 3,000 by default. */
  readonly timeoutMs?: number;
}

/** Registries or regions that logins are kept of. A pod's author names them, so there is an end to it. */
const MOST = 100;

/** How long it is believed that there is none, in milliseconds: a cloud is not asked anew for each of many pods. */
const FAILURE_MS = 15_000;

/** A login is replaced so long before it ends, in milliseconds, or a quarter of its time if that is less. */
const EARLY_MS = 300_000;

/** Logins until shortly before they end. Whoever asks at the same time shares one call. */
export class KeptLogins {
  readonly #options: KeptLoginsOptions;
  readonly #kept = new LRUCache<string, RegistryLogin | LoginProblem>({ max: MOST });
  readonly #flights = new Map<string, Promise<RegistryLogin | LoginProblem>>();

  constructor(options: KeptLoginsOptions) {
    this.#options = options;
  }

  /** @throws the signal's reason, and nothing else */
  async loginOf(
    key: string,
    issue: (signal: AbortSignal) => Promise<IssuedLogin>,
    signal: AbortSignal,
  ): Promise<RegistryLogin | LoginProblem> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      flight = this.#issue(key, issue).finally(() => this.#flights.delete(key));
      this.#flights.set(key, flight);
    }
    return unlessAborted(signal, flight);
  }

  /** Has a time of its own, for it outlives the one who asked first. */
  async #issue(
    key: string,
    issue: (signal: AbortSignal) => Promise<IssuedLogin>,
  ): Promise<RegistryLogin | LoginProblem> {
    const { problem, remedy, timeoutMs = 3_000 } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { login, endsAt } = await unlessAborted(signal, issue(signal));
      const leftMs = endsAt - Date.now();
      // One that has ended already is used once: clocks differ.
      const ttl = Math.floor(leftMs - Math.min(EARLY_MS, leftMs / 4));
      if (ttl > 0) this.#kept.set(key, login, { ttl });
      return login;
    } catch (thrown) {
      const why = signal.aborted ? `no answer within ${timeoutMs / 1000} seconds` : thrownName(thrown);
      const none = { problem: `${problem(key)} (${why})`, remedy };
      this.#kept.set(key, none, { ttl: FAILURE_MS });
      return none;
    }
  }
}
