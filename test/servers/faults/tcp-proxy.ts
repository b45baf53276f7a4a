import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { passBytes } from "./pass-bytes.js";

/** Milliseconds that bytes take longer than they would. */
interface Latency {
  readonly toServerMs: number;
  readonly toClientMs: number;
}

/**
 * What becomes of a connection: it passes; it is accepted and then nothing is answered (`silent`); or it is
 * reset.
 */
export type Admission = "pass" | "silent" | "reset";

/** Stands before a server and does to connections what networks do. It knows nothing of what they carry. */
export interface TcpProxy extends AsyncDisposable {
  /** Port of 127.0.0.1 that it listens on. */
  readonly port: number;
  /** Of connections to come; none by default. */
  latency: Latency;
  /** Decides on each connection to come, in order; all pass by default. */
  admit: () => Admission;
  /** Connections open now. */
  readonly connections: () => number;
  /** From now on nothing passes over the connections there are, and none closes; those to come are not affected. */
  readonly silence: () => void;
  /** Closes the connections there are. */
  readonly closeAll: () => void;
}

/** Starts one on a free port, before a port of 127.0.0.1. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Map<Socket, Socket | undefined>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const admission = proxy.admit();
    open.set(client, undefined);
    client.on("close", () => open.delete(client));
    // A broken connection closes too.
    client.on("error", () => client.destroy());
    if (admission === "reset") client.resetAndDestroy();
    else if (admission === "silent") muteClient(client);
    else open.set(client, link(client, target, proxy.latency));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    latency: { toServerMs: 0, toClientMs: 0 },
    admit: () => "pass",
    connections: () => open.size,
    silence: () => {
      for (const [client, upstream] of open) {
        muteClient(client);
        for (const event of ["data", "end", "close"]) upstream?.removeAllListeners(event);
        upstream?.resume();
      }
    },
    closeAll: () => {
      for (const socket of Array.from(open).flat()) socket?.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      proxy.closeAll();
      await closed;
    },
  };
  return proxy;
}

/** Drops what the client says from now on; only that it hangs up is noticed. */
function muteClient(client: Socket): void {
  for (const event of ["data", "end"]) client.removeAllListeners(event);
  client.once("end", () => client.destroy()).resume();
}

function link(client: Socket, target: number, { toServerMs, toClientMs }: Latency): Socket {
  const upstream = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  passBytes(client, upstream, toServerMs);
  passBytes(upstream, client, toClientMs);
  return upstream;
}
