import type { Identity } from "@sluice/core";
import { type MemoryServer, ServerError } from "./memory-server.js";

/** Servers by their addresses: what a network is to others. */
export const NETWORK: Map<string, MemoryServer> = new Map();

const KEEP_ALIVE_MS = 60_000;

/** What a provider keeps open: a timer, and whom it is logged in as. */
export class MemoryConnection implements Disposable {
  readonly #address: string;
  readonly #callers = new Map<string, string>();
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  /** Throws a {@link ServerError} if nobody is there. */
  get server(): MemoryServer {
    const server = NETWORK.get(this.#address);
    if (server === undefined) throw new ServerError(0);
    this.#keepAlive ??= setInterval(() => undefined, KEEP_ALIVE_MS);
    return server;
  }

  /**
   * Logs in once for each identity. A login under way is not shared: whoever aborts his own would abort it for all.
   */
  async callerOf(identity: Identity, signal: AbortSignal): Promise<string> {
    const key = identity.kind === "self" ? "self" : identity.cacheKey;
    const known = this.#callers.get(key);
    if (known !== undefined) return known;
    const token = identity.kind === "self" ? "token of self" : await identity.getToken("memory", signal);
    const caller = await this.server.login(token, signal);
    this.#callers.set(key, caller);
    return caller;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#keepAlive);
  }
}
