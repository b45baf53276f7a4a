import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A RabbitMQ of nothing but the users that an engine of Vault makes and removes in it. */
export interface ScriptedBroker extends AsyncDisposable {
  readonly address: string;
  users(): { readonly made: number; readonly removed: number };
  /** When a user was removed, in milliseconds since the epoch. */
  removedAt(user: string): number | undefined;
}

export async function scriptedBroker(): Promise<ScriptedBroker> {
  const asked: string[] = [];
  const removed = new Map<string, number>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const user = /^\/api\/users\/([^/]+)$/.exec(request.url ?? "")?.[1];
    if (request.method === "DELETE" && user !== undefined) removed.set(decodeURIComponent(user), Date.now());
    request.resume();
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const count = (method: string): number =>
    asked.filter((line) => new RegExp(`^${method} /api/users/[^/]+$`).test(line)).length;
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users: () => ({ made: count("PUT"), removed: count("DELETE") }),
    removedAt: (user) => removed.get(user),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
