import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A server of a subject's own, which knows how many of its callers still wait. */
export interface CountingServer {
  readonly address: string;
  readonly underWay: () => number;
  readonly close: () => Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Starts a server that answers so; whoever started it closes it. */
export async function countingServer(answer: Answer): Promise<CountingServer> {
  const open = new Set<ServerResponse>();
  const answered = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await answer(request, response);
    } catch {
      // The caller has gone, or the server behind has: the caller sees a broken connection.
      response.destroy();
    }
  };
  const server = createServer((request, response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
    void answered(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    underWay: () => open.size,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Hands a request on to another server. */
export async function handOn(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", url, headers } = request;
  const token = headers["x-vault-token"];
  const body = await buffer(request);
  const answer = await fetch(`${target}${url}`, {
    method,
    headers: typeof token === "string" ? { "X-Vault-Token": token } : {},
    ...(body.byteLength > 0 && { body: Uint8Array.from(body) }),
  });
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}
