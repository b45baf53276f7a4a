import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Socket } from "node:net";
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
  underWay(): number;
  /** Decides on every call from now on; without, all are passed on. */
  intercept(faultOf?: FaultOf): void;
  /** Presents another certificate to connections to come. */
  present(certificate: TestCertificate): void;
  /** Forgets the calls that came, and passes on those to come. */
  reset(): void;
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
  const handle: http.RequestListener = (request, response) => {
    underWay += 1;
    response.once("close", () => (underWay -= 1));
    const { method = "", url = "", headers } = request;
    const { socket, number: connection = 0 } = connections.get(request.socket.remotePort) ?? {};
    request.toArray().then(
      (chunks: Buffer[]) => {
        const body = Buffer.concat(chunks).toString();
        const call = { method, url, headers, body, at: Date.now(), connection };
        calls.push(call);
        const reset = (): unknown => socket?.resetAndDestroy();
        passCall(call, { response, reset }, { ...target, agent }, faultOf?.(call));
      },
      () => response.destroy(),
    );
  };
  const server = certificate ? https.createServer(certificate, handle) : http.createServer(handle);
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
    reset: () => {
      calls.length = 0;
      faultOf = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
