import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A server of the test's own, for what a real one cannot be brought to do. */
export interface ScriptedServer {
  readonly address: string;
  /** Method and path of every request so far. */
  readonly asked: string[];
  /** Connections that were ever made, and those that are open. */
  connections(): { made: number; open: number };
}

export type Script = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) => void | Promise<void>;

/** A server that answers as the script says, gone after the test. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  let made = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(`${request.method} ${request.url}`);
    await script(request, response, await buffer(request));
  };
  const listener: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const server = createServer(listener).listen(0, "127.0.0.1");
  server.on("connection", (socket) => {
    made += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, asked, connections: () => ({ made, open: open.size }) };
}

/** Answers like Vault. */
export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** A server with an engine of version 2 at `secret/`, whose secrets are read as `answer` says. */
export async function serverWithEngine(answer: Script): Promise<ScriptedServer> {
  return scriptedServer((request, response, body) => {
    if (!request.url?.startsWith("/v1/sys/internal/ui/mounts/")) return answer(request, response, body);
    json(response, 200, { data: { path: "secret/", type: "kv", options: { version: "2" } } });
  });
}

/** Hands every request on to another server, so that what is asked of it can be counted. */
export async function recordingProxy(target: string): Promise<ScriptedServer> {
  return scriptedServer(async ({ method = "GET", url, headers }, response, body) => {
    const token = headers["x-vault-token"];
    const answer = await fetch(`${target}${url}`, {
      method,
      headers: typeof token === "string" ? { "X-Vault-Token": token } : {},
      ...(body.byteLength > 0 && { body: Uint8Array.from(body) }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
}
