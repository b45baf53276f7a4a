import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A forward proxy as companies have one: takes CONNECT, and nothing else. */
export interface ConnectProxy extends AsyncDisposable {
  /** For `HTTPS_PROXY`. */
  readonly address: string;
  /** `HOST:PORT` of every tunnel that was asked for. */
  readonly tunnels: readonly string[];
}

/** Starts one that leads every tunnel to one port of 127.0.0.1, by whatever name it was asked for. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connection", keep);
  server.on("connect", ({ url = "" }, socket: Socket) => {
    tunnels.push(url);
    const onward = keep(connect(port, "127.0.0.1"));
    onward.once("connect", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.once("close", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
