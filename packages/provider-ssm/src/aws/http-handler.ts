import type { NodeHttpHandler } from "@smithy/node-http-handler";

const CONNECTION_MS = 3000;
const REQUEST_MS = 30_000;
const SOCKETS = 16;

/** The connections of one store: kept alive, few, and given up when they take too long. */
export async function openHttpHandler(): Promise<NodeHttpHandler> {
  const { NodeHttpHandler } = await import("@smithy/node-http-handler");
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  return new NodeHttpHandler({
    connectionTimeout: CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
    // It would warn on the console when calls wait for a connection, which the resolver sees to.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
}

function ignore(): void {}
