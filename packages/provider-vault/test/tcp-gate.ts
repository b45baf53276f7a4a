import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Stands before a server and lets connections through, as they are. */
export interface TcpGate {
  readonly address: string;
  /** Holds back what the server answers from now on, or lets it through again. */
  hold(held: boolean): void;
  /** Connections that were ever made, those that are open, and bytes that came from them. */
  connections(): { readonly made: number; readonly open: number; readonly received: number };
}

/** A gate before the server at `target`, gone after the test. */
export async function tcpGate(target: string): Promise<TcpGate> {
  const { port, hostname } = new URL(target);
  const open = new Set<Socket>();
  let [made, received, held] = [0, 0, false];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    made += 1;
    open.add(near);
    near.on("data", (chunk: Buffer) => {
      received += chunk.byteLength;
      far.write(chunk);
    });
    far.on("data", (chunk: Buffer) => void (held || near.write(chunk)));
    const end = (): void => {
      open.delete(near);
      near.destroy();
      far.destroy();
    };
    for (const side of [near, far]) side.on("close", end).on("error", end);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (now) => (held = now),
    connections: () => ({ made, open: open.size, received }),
  };
}
