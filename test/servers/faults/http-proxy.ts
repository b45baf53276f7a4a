import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { Call, FaultOf } from "./call.js";
import { passCall, type Target } from "./pass-call.js";
import type { TestCertificate } from "./test-authority.js";

/** Stands before a server, tells what it was asked, and does to calls what servers and gateways do. */
export interface HttpProxy extends AsyncDisposable {
  /** Port of 127.0.0.1 that it listens on. */
  readonly port: number;
  /** Calls that came, in order, also those it did not pass on. */
  readonly calls: readonly Call[];
  /** Calls that have come and whose caller still waits. */
  readonly underWay: () => number;
  /** Decides on every call from now on; without, all are passed on. */
  intercept(faultOf?: FaultOf): void;
  /** Presents another certificate to connections to come. */
  present(certificate: TestCertificate): void;
  /** Forgets the calls that came. */
  forget(): void;
}

/** Starts one on a free port; with a certificate, it speaks TLS. */
export async function startHttpProxy(target: Target, certificate?: TestCertificate): Promise<HttpProxy> {
  const calls: Call[] = [];
  const agent = target.address.startsWith("https:")
    ? new https.Agent({ keepAlive: true, ca: target.ca })
    : new http.Agent({ keepAlive: true });
  const connections = new Map<number | undefined, { readonly socket: Socket; readonly number: number }>();
  let accepted = 0;
  let underWay = 0;
  let faultOf: FaultOf | undefined;
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    underWay += 1;
    response.once("close", () => (underWay -= 1));
    const { method = "", url = "", headers } = request;
    const { socket, number: connection = 0 } = connections.get(request.socket.remotePort) ?? {};
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return void response.destroy();
    const call = { method, url, headers, body, at: Date.now(), connection };
    calls.push(call);
    const reset = (): unknown => socket?.resetAndDestroy();
    passCall(call, { response, reset }, { ...target, agent }, faultOf?.(call));
  };
  const listener: http.RequestListener = (request, response) => void handle(request, response);
  const server = certificate ? https.createServer(certificate, listener) : http.createServer(listener);
  // Told apart by port: under TLS, what a request knows is not the socket that can be reset.
  server.on("connection", (socket: Socket) => {
    const { remotePort } = socket;
    connections.set(remotePort, { socket, number: (accepted += 1) });
    socket.once("close", () => connections.delete(remotePort));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    underWay: () => underWay,
    intercept: (by) => (faultOf = by),
    present: (other) => {
      if (!(server instanceof https.Server)) throw new Error("This proxy does not speak TLS");
      server.setSecureContext(other);
    },
    forget: () => void (calls.length = 0),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
