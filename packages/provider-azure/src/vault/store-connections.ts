import { Agent as HttpAgent } from "node:http";
import { Agent } from "node:https";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";

/**
 * The connections of one store, to a vault and to a login service. The SDK would keep its own for as long as the
 * process lives, and share them among stores.
 */
export class StoreConnections {
  #agent: Agent | undefined;

  /** Who sends a store's requests over its connections; `client` does the sending, the SDK's own by default. */
  async open(ca: readonly string[] | undefined, client?: HttpClient): Promise<HttpClient> {
    const sdk = await import("@azure/core-rest-pipeline");
    const sender = client ?? sdk.createDefaultHttpClient();
    const agent = new Agent({ keepAlive: true });
    this.#agent = agent;
    return {
      sendRequest: async (request) => {
        // Not of requests through a proxy, which come with an agent, nor of those without TLS.
        if (request.url.startsWith("https:")) request.agent ??= agent;
        // The SDK's own `tlsOptions` would not hold behind a proxy.
        if (ca) request.requestOverrides = { ...request.requestOverrides, ca };
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
