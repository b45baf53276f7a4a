import type { Agent } from "node:http";
import { parseJsonExactly, retryAfterMs } from "@sluice/core";
import type { ConnectionOptions } from "./connection-options.js";
import { exchange } from "./http-exchange.js";
import type { VaultReply, VaultRequest } from "./vault-reply.js";

/** The vendor's client, opened. */
export interface OpenedClient {
  readonly agent: Agent;
  send(request: VaultRequest): Promise<VaultReply>;
}

/** What node-vault hands to its transport. */
interface TransportOptions {
  readonly uri: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly json?: object;
  readonly signal: AbortSignal;
}

/**
 * Loads node-vault and gives it a transport of ours: its own ignores the signal, reuses no connection, takes
 * proxies and trust from the environment, and turns answers into errors that hold what the server said.
 */
export async function openNodeVault(connection: ConnectionOptions, agent: Agent): Promise<OpenedClient> {
  const { default: nodeVault } = await import("node-vault");
  const transport = async ({ uri, json, ...rest }: TransportOptions): Promise<VaultReply> => {
    const body = json === undefined ? undefined : JSON.stringify(json);
    const answer = await exchange({
      url: new URL(uri),
      method: rest.method,
      headers: rest.headers,
      signal: rest.signal,
      agent,
      ...(body !== undefined && { body }),
    });
    return replyOf(answer.status, answer.text, retryAfterMs(answer.retryAfter, Date.now()));
  };
  const client = nodeVault({
    endpoint: connection.address.href,
    "request-promise": { defaults: () => transport },
    // Its own prints what is written.
    debug: () => undefined,
  });
  // It fills what is empty from `process.env`; only the configuration counts.
  Object.assign(client, { token: "", pathPrefix: "", namespace: "" });
  client.handleVaultResponse = async (reply: unknown) => reply;
  return {
    agent,
    send: async ({ method, path, body, token, ofServer = false, signal }) =>
      (await client.request({
        method,
        path: `/${path}`,
        // Vault insists on it where it is set up against request forgery through an agent.
        headers: {
          "X-Vault-Request": "true",
          ...(token !== undefined && { "X-Vault-Token": token }),
          ...(connection.namespace !== "" && !ofServer && { "X-Vault-Namespace": connection.namespace }),
        },
        ...(body !== undefined && { json: body }),
        signal,
      })) as VaultReply,
  };
}

/** An answer with its body, if that is a JSON object. Vault leaves it empty only where it answers success. */
function replyOf(status: number, text: string, wait: number | undefined): VaultReply {
  const body = text === "" && status < 300 ? {} : parseObject(text);
  return {
    status,
    ...(body !== undefined && { body }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed = parseJsonExactly(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON, and the parser's message would quote it: the caller tells by the missing body.
    return undefined;
  }
}
