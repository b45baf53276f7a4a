import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

/** A keyring: what is put into `secrets` is there, and what is in `special` answers in its own way. */
export async function startKeyring() {
  const secrets = new Map<string, { readonly bytes: Uint8Array; readonly version: number }>();
  const special = new Map<string, (response: ServerResponse) => void>();
  const counts = { reads: 0, underWay: 0, writes: 0 };
  const server = createServer((request, response) => {
    counts.reads += 1;
    counts.underWay += 1;
    response.on("close", () => (counts.underWay -= 1));
    const path = decodeURIComponent((request.url ?? "/").slice(1));
    const answer = special.get(path);
    const stored = secrets.get(path);
    if (answer) answer(response);
    else if (stored) response.writeHead(200, { etag: `v${stored.version}` }).end(stored.bytes);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    address: `http://127.0.0.1:${port}`,
    secrets,
    special,
    counts,
    put: (path: string, bytes: Uint8Array): void => {
      counts.writes += 1;
      secrets.set(path, { bytes, version: counts.writes });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
