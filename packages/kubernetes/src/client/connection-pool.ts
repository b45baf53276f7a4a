import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

// A connection is given up before the server, which waits 90 s, closes it under a request.
const KEEP_ALIVE = { keepAlive: true, timeout: 30_000 };

/** Connections kept for the next request. Requests with other certificates never share one. */
export class ConnectionPool {
  readonly #http = new HttpAgent(KEEP_ALIVE);
  readonly #https = new HttpsAgent(KEEP_ALIVE);

  /** The agent for requests of this URL. */
  agentFor({ protocol }: URL): HttpAgent {
    return protocol === "http:" ? this.#http : this.#https;
  }

  /**
   * Closes connections that nobody uses. Where one of them gave no answer the others are as likely dead, and each
   * would cost somebody a whole timeout.
   */
  dropIdle(): void {
    for (const { freeSockets } of [this.#http, this.#https])
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
  }

  /** Closes every connection. */
  destroy(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
