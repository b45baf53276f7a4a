import { once } from "node:events";
import type { Agent, IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import {
  type GatewayAnswer,
  type GatewayRequest,
  type ProviderDependencies,
  StoreError,
  type StoreGateway,
  type StoreGatewayOptions,
} from "@sluice/core";
import { failureOfConnection } from "../failure/failure-of-connection.js";
import { Refusal } from "../failure/refusal.js";
import { VaultSession } from "../session/vault-session.js";
import { type ConnectionOptions, connectionOptions } from "../transport/connection-options.js";
import { openAgent } from "../transport/open-agent.js";
import { VaultClient } from "../transport/vault-client.js";
import type { VaultOptions } from "../vault-options.js";
import { authOf } from "../vault-provider.js";
import type { GatewayCache } from "./gateway-cache.js";
import { isOfTheToken } from "./served-path.js";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { request: httpRequest } = process.getBuiltinModule("node:http");

/** What the server is asked over. */
interface Way {
  readonly connection: ConnectionOptions;
  readonly agent: Agent;
  readonly cache?: GatewayCache;
}

/** Opens a way to the server's API that adds our token. Nothing is connected before the first request. */
export function openVaultGateway(
  options: VaultOptions,
  dependencies: ProviderDependencies,
  { cache = false }: StoreGatewayOptions = {},
): StoreGateway {
  const client = new VaultClient(options, dependencies);
  const session = new VaultSession(authOf(options, dependencies), client.call, false);
  let way: Promise<Way> | undefined;

  async function open(): Promise<Way> {
    const connection = connectionOptions(options, dependencies.environment);
    const agent = await openAgent(connection, dependencies.baseDirectory);
    if (!cache) return { connection, agent };
    // Its library is loaded only where it is wanted.
    const { GatewayCache } = await import("./gateway-cache.js");
    return {
      connection,
      agent,
      cache: new GatewayCache((thrown) => new Refusal(failureOfConnection(thrown, connection.address.host))),
    };
  }

  async function forward(request: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer> {
    way ??= open().catch((thrown: unknown) => {
      // What is missing now, a certificate's file say, may be there at the next request.
      way = undefined;
      throw thrown;
    });
    const there = await way;
    const isOurs = request.login === "always" || (request.login === "absent" && !showsToken(request));
    if (!isOurs) return ask(there, request, undefined, signal);
    if (isOfTheToken(request.path)) throw new Refusal(KEPT);
    const token = await session.token(signal);
    const answer = await ask(there, request, token, signal);
    if (answer.status !== 403) return answer;
    const other = await session.replacement(token, signal);
    return other === undefined ? answer : ask(there, request, other, signal);
  }

  return {
    forward: async (request, signal) => {
      try {
        return await forward(request, signal);
      } catch (thrown) {
        if (thrown instanceof Refusal) throw new StoreError(dependencies.store, thrown.failure);
        throw thrown;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await client.close();
      const [opened] = await Promise.allSettled([way]);
      if (opened.status === "rejected") return;
      opened.value?.cache?.[Symbol.dispose]();
      opened.value?.agent.destroy();
    },
  };
}

function showsToken({ headers }: GatewayRequest): boolean {
  return Object.keys(headers).some((name) => /^(?:x-vault-token|authorization)$/i.test(name));
}

/** From the cache, where there is one that has it; else of the server. */
async function ask(
  way: Way,
  request: GatewayRequest,
  token: string | undefined,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const sent = async (): Promise<GatewayAnswer> => send(way, request, token, signal);
  return way.cache === undefined ? sent() : way.cache.answer(request, token, sent, signal);
}

async function send(
  { connection, agent }: Way,
  { method, path, headers, body }: GatewayRequest,
  token: string | undefined,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const { address, namespace } = connection;
  const base = address.pathname.replace(/\/+$/, "");
  const ask = address.protocol === "https:" ? httpsRequest : httpRequest;
  const shown = Object.entries(headers).filter(
    ([name]) => token === undefined || !/^(?:x-vault-token|authorization)$/i.test(name),
  );
  const hasNamespace = shown.some(([name]) => name.toLowerCase() === "x-vault-namespace");
  const outgoing = ask(address, {
    method,
    path: `${base}${path}`,
    agent,
    signal,
    headers: {
      ...Object.fromEntries(shown),
      "x-vault-request": "true",
      ...(token !== undefined && { "x-vault-token": token }),
      ...(namespace !== "" && !hasNamespace && { "x-vault-namespace": namespace }),
      ...(body !== undefined && { "content-length": String(body.byteLength) }),
    },
  });
  outgoing.end(body);
  try {
    const [answer] = (await once(outgoing, "response", { signal })) as [IncomingMessage];
    return {
      status: answer.statusCode ?? 502,
      headers: Object.fromEntries(
        Object.entries(answer.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      ),
      body: answer,
    };
  } catch (thrown) {
    signal.throwIfAborted();
    throw new Refusal(failureOfConnection(thrown, address.host));
  }
}

const KEPT = {
  status: "denied",
  reason: "gateway-token",
  message: "tells nobody of its token, and lets nobody end or change it",
  remedy: "Log in yourself, and show your own token",
} as const;
