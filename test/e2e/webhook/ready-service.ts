import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A copy of a server, as a Service knows it. */
export interface Endpoint {
  readonly port: number;
  /** Where its readiness is asked. */
  readonly readyUrl: string;
}

/** Does what a cluster does for a Service: new connections go, in turn, to copies that say that they are ready. */
export interface ReadyService extends AsyncDisposable {
  readonly port: number;
  /** Those there are; they take turns only while they are ready. */
  readonly endpoints: Set<Endpoint>;
}

/** How often readiness is asked, in milliseconds; a kubelet takes longer, and a webhook waits for it before it ends. */
const PROBE_MS = 250;

export async function startReadyService(): Promise<ReadyService> {
  const endpoints = new Set<Endpoint>();
  const sockets = new Set<Socket>();
  const stopped = new AbortController();
  let ready: readonly Endpoint[] = [];
  let turn = 0;

  const server = createServer({ noDelay: true }, (client) => {
    turn += 1;
    const endpoint = ready[turn % Math.max(ready.length, 1)];
    if (endpoint === undefined) return void client.resetAndDestroy();
    const upstream = connect({ port: endpoint.port, host: "127.0.0.1", noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
      socket.pipe(other);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  const probing = (async () => {
    while (!stopped.signal.aborted) {
      const found = await Promise.all(
        Array.from(endpoints, async (endpoint) => ((await isReady(endpoint)) ? [endpoint] : [])),
      );
      ready = found.flat();
      await sleep(PROBE_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();

  return {
    port: (server.address() as AddressInfo).port,
    endpoints,
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await probing;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function isReady({ readyUrl }: Endpoint): Promise<boolean> {
  return fetch(readyUrl, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
