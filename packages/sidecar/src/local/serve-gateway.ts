import { pipeline } from "node:stream/promises";
import type { EventBus, GatewayAnswer, GatewayRequest, StoreGateway } from "@sluice/core";
import { listenLocally, type LocalRequest } from "./local-server.js";

/** How a store's own API is served. */
export interface GatewayOptions {
  readonly gateway: StoreGateway;
  /** 0 for one that is free. */
  readonly port: number;
  /** Whether our login is added: where a request shows none, always, or never. */
  readonly login: GatewayRequest["login"];
  /** Hears of what a gateway with a cache answered. */
  readonly events?: EventBus;
}

/** Headers that belong to one connection, and those that are ours to say. RFC 9110, 7.6.1. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Serves a store's own API on 127.0.0.1, logged in: for programs that speak it, and need no login of their own then.
 *
 * @throws SluiceError where nobody can listen at the port.
 */
export async function serveGateway({
  gateway,
  port,
  login,
  events,
}: GatewayOptions): Promise<AsyncDisposable & { readonly port: number }> {
  const serving = await listenLocally(
    port,
    async (request, response) => {
      const answer = await gateway.forward(forwarded(request, login), request.signal);
      const headers = Object.entries(answer.headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
      response.writeHead(answer.status, {
        ...(Object.fromEntries(headers) as Record<string, string | string[]>),
        ...ofTheCache(answer),
      });
      if (answer.cache !== undefined)
        events?.emit("gateway-answered", { cache: answer.cache.hit ? "hit" : "miss" });
      await pipeline(answer.body, response);
    },
    // As Vault tells of errors.
    (response, status, message) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ errors: [message] }));
    },
  );
  return {
    port: serving.port,
    [Symbol.asyncDispose]: async () => {
      await serving[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

/** As Vault's agent tells of its cache. */
function ofTheCache({ cache }: GatewayAnswer): Record<string, string> {
  if (cache === undefined) return {};
  return cache.hit ? { "x-cache": "HIT", age: String(cache.ageSeconds) } : { "x-cache": "MISS" };
}

function forwarded(
  { method, path, headers, body }: LocalRequest,
  login: GatewayRequest["login"],
): GatewayRequest {
  const named = new Set((headers.connection ?? "").toLowerCase().split(/\s*,\s*/));
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || OF_THE_CONNECTION.has(name) || named.has(name)
      ? []
      : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return { method, path, headers: Object.fromEntries(kept), login, ...(body !== undefined && { body }) };
}
