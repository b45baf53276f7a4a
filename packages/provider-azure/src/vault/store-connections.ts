import { Agent as HttpAgent } from "node:http";
import { Agent } from "node:https";
import { createSecureContext, getCACertificates } from "node:tls";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";

/** Most connections to one host: beyond these, what a connection costs is more than what waiting for one does. */
const SOCKETS = 16;

/**
 * The connections of one store, to a vault and to a login service. The SDK would keep its own for as long as the
 * process lives, and share them among stores.
 */
export class StoreConnections {
  #agent: Agent | undefined;

  /**
   * Who sends a store's requests over its connections; `client` does the sending, the SDK's own by default.
   *
   * @param authority PEM of whom to trust besides the usual ones
   */
  async open(authority: string | undefined, client?: HttpClient): Promise<HttpClient> {
    const sdk = await import("@azure/core-rest-pipeline");
    const sender = client ?? sdk.createDefaultHttpClient();
    const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
    this.#agent = agent;
    // Made once: some hundred certificates are read for it, which would hold up everything at every connection.
    const secureContext =
      authority === undefined ? undefined : createSecureContext({ ca: [...getCACertificates(), authority] });
    return {
      sendRequest: async (request) => {
        // Not of requests through a proxy, which come with an agent, nor of those without TLS.
        if (request.url.startsWith("https:")) request.agent ??= agent;
        // The SDK's own `tlsOptions` would not hold behind a proxy. There `ca` tells apart connections of other stores.
        if (secureContext)
          request.requestOverrides = { ...request.requestOverrides, secureContext, ca: authority };
        try {
          return await sender.sendRequest(request);
        } catch (error) {
          closeIdle(request);
          throw error;
        }
      },
    };
  }

  /** Closes all of them. */
  close(): void {
    this.#agent?.destroy();
  }
}

/** Where one connection gives no answer those kept are as likely dead, and each would cost somebody a whole try. */
function closeIdle({ agent }: PipelineRequest): void {
  if (!(agent instanceof HttpAgent)) return;
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}
