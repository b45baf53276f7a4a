import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { EventBus } from "@sluice/core";
import { LIMITS } from "@sluice/protocol";
import { ThrottledRefusals } from "../audit/throttled-refusals.js";
import { answerMalformed, type LoadedTls, reasonOf } from "@sluice/service";

export interface ServerLimits {
  /** Connections at the same time; 1,000 by default. What comes beyond is closed before TLS begins. */
  readonly mostConnections: number;
  /** How old a connection may get, in milliseconds; 60,000 by default. Its next answer is its last then. */
  readonly connectionMs: number;
  /** From a request's head to the end of its answer, in milliseconds; 30,000 by default: no launcher waits longer. */
  readonly answerMs: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  mostConnections: 1_000,
  connectionMs: 60_000,
  answerMs: LIMITS.tryMs,
};

/** Time for a TLS handshake, and for the head of a request, in milliseconds. */
const HEAD_MS = 5_000;
/** Size of the head: a token has 16 KiB at most. */
const HEAD_BYTES = 24 * 1024;

/** A server that speaks HTTP/1.1 over TLS 1.3, within bounds of everything a client may do to it. */
export interface SourceServer extends Disposable {
  readonly server: Server;
  /** Serves a new certificate to new connections. */
  renew(tls: LoadedTls): void;
  /** Ends every connection with its next answer. */
  endConnections(): void;
}

export function createSourceServer(
  handler: RequestListener,
  tls: LoadedTls,
  { mostConnections, connectionMs, answerMs }: ServerLimits,
  events: EventBus,
): SourceServer {
  const connections = new Map<Socket, OpenConnection>();
  const refusals = new ThrottledRefusals(events);
  let ending = false;
  const server = createServer(
    {
      cert: tls.cert,
      key: tls.key,
      minVersion: "TLSv1.3",
      ALPNProtocols: ["http/1.1"],
      handshakeTimeout: HEAD_MS,
      headersTimeout: HEAD_MS,
      requestTimeout: LIMITS.requestMs + HEAD_MS,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: HEAD_BYTES,
    },
    (request, response) => {
      const connection = connections.get(request.socket);
      const age = Date.now() - (connection?.openedAt ?? 0);
      if (ending || age > connectionMs) response.setHeader("connection", "close");
      // Node has no bound for an answer that nobody takes.
      const overdue = setTimeout(() => {
        refusals.add(addressOf(request.socket), "slow-reader");
        request.socket.destroy();
      }, answerMs).unref();
      response.once("close", () => clearTimeout(overdue));
      if (connection !== undefined) {
        connection.requests += 1;
        response.once("close", () => {
          connection.requests -= 1;
          // One that began before the end was near has promised to stay.
          if (ending && connection.requests === 0) request.socket.destroySoon();
        });
      }
      handler(request, response);
    },
  );
  server.maxConnections = mostConnections;
  server.maxRequestsPerSocket = 100;
  server.on("secureConnection", (socket: TLSSocket) => {
    if (ending) return void socket.destroy();
    connections.set(socket, { openedAt: Date.now(), requests: 0 });
    socket.once("close", () => connections.delete(socket));
  });
  server.on("drop", (dropped) => refusals.add(dropped?.remoteAddress ?? "", "too-many-connections"));
  server.on("tlsClientError", (_, socket) => refusals.add(addressOf(socket), "broken-tls"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    refusals.add(addressOf(socket), reasonOf(error));
    answerMalformed(socket, error);
  });
  return {
    server,
    renew: ({ cert, key }) => server.setSecureContext({ cert, key, minVersion: "TLSv1.3" }),
    endConnections: () => {
      ending = true;
      // Node leaves one alone that has never asked, and no longer looks at its times once the server is closed.
      for (const [socket, { requests }] of connections) if (requests === 0) socket.destroy();
    },
    [Symbol.dispose]: () => refusals[Symbol.dispose](),
  };
}

interface OpenConnection {
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Those being answered. */
  requests: number;
}

/** Of a socket that has gone nothing is known any more. */
function addressOf(socket: Socket): string {
  return socket.remoteAddress ?? "";
}
