import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of a server, whose connections can fall silent without closing, as a bad network's do. */
export interface SilencingProxy {
  /** `https://127.0.0.1:45871` */
  readonly address: string;
  /** Connections open now. */
  connections(): number;
  /** From now on nothing passes over the connections there are; those to come are not affected. */
  silence(): void;
  stop(): Promise<void>;
}

/** Starts a proxy in front of `https://HOST:PORT`. */
export async function startSilencingProxy(target: string): Promise<SilencingProxy> {
  const { hostname, port } = new URL(target);
  const clients = new Map<Socket, Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    clients.set(client, upstream);
    const close = (): void => {
      clients.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      // A broken connection closes too.
      socket.on("error", close);
      socket.on("close", close);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => clients.size,
    silence: () => {
      for (const [client, upstream] of clients) {
        upstream.unpipe(client);
        upstream.resume();
        client.unpipe(upstream);
        client.resume();
      }
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      for (const client of clients.keys()) client.destroy();
      await closed;
    },
  };
}
