import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { freePort } from "../../servers/shared/free-port.js";

/** One address for several servers, as a Service of a cluster is: connections go to them in turn. */
export interface TestService extends AsyncDisposable {
  readonly port: number;
  /** Every connection to it, in order: when it came, in milliseconds since the epoch, and to which server it went. */
  readonly connections: readonly { readonly at: number; readonly to: number }[];
  /** Takes a server in. */
  add(port: number): Promise<void>;
  /** Leaves a server out. Without any, connections are refused. */
  remove(port: number): Promise<void>;
}

/** Makes one without servers. */
export async function createService(): Promise<TestService> {
  const port = await freePort();
  const servers: number[] = [];
  const connections: { at: number; to: number }[] = [];
  const open = new Set<Socket>();
  const balancer = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const to = servers[connections.length % servers.length] ?? 0;
    connections.push({ at: Date.now(), to });
    const server = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    for (const [from, into] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(from);
      from.pipe(into);
      // What is reset on one side is reset on the other.
      from.on("error", () => into.resetAndDestroy());
      from.on("close", () => open.delete(from));
    }
  });
  const close = async (): Promise<void> => {
    if (!balancer.listening) return;
    const closed = once(balancer, "close");
    balancer.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    port,
    connections,
    add: async (server) => {
      servers.push(server);
      if (balancer.listening) return;
      balancer.listen(port, "127.0.0.1");
      await once(balancer, "listening");
      if ((balancer.address() as AddressInfo).port !== port) throw new Error("It listens elsewhere");
    },
    remove: async (server) => {
      servers.splice(servers.indexOf(server), 1);
      if (servers.length === 0) await close();
    },
    [Symbol.asyncDispose]: close,
  };
}
