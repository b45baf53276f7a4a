import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { SecureVersion, TLSSocket } from "node:tls";
import { answerMalformed, reasonOf, type RefusedConnection } from "./broken-request.js";
import { OpenConnections } from "./open-connections.js";

/** A certificate with its key, PEM. */
export interface KeyPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Certificate and bounds of a server. */
export interface SecureServerOptions {
  readonly tls: KeyPair;
  readonly minVersion: Extract<SecureVersion, "TLSv1.2" | "TLSv1.3">;
  /** Connections at the same time. What comes beyond is closed before TLS begins. */
  readonly mostConnections: number;
  /** How old a connection may get, in milliseconds. Its next answer is its last then. */
  readonly connectionMs: number;
  /** Requests on one connection; any number by default. */
  readonly mostRequests?: number;
  /** How long a connection waits for its next request, in milliseconds. */
  readonly keepAliveMs: number;
  /** Time for a whole request, in milliseconds. */
  readonly requestMs: number;
  /** From a request's head to the end of its answer, in milliseconds: bounds whoever does not take the answer. */
  readonly answerMs: number;
  /** Largest head of a request, in bytes. */
  readonly headBytes: number;
  /** Told of each connection that is refused: from where, and why. */
  readonly onRefused?: (address: string, reason: RefusedConnection) => void;
}

/** Time for a TLS handshake, and for the head of a request, in milliseconds. */
const HEAD_MS = 5_000;

/** A server that speaks HTTP/1.1 over TLS, within bounds of everything a client may do to it. */
export interface SecureServer {
  readonly server: Server;
  /** Serves a new certificate to new connections. */
  renew(tls: KeyPair): void;
  /** Ends every connection with its next answer, and takes new ones as long as the server listens. */
  endConnections(): void;
  /**
   * Takes nothing new, and resolves when what is under way has been answered. What takes longer than `drainMs`
   * milliseconds is cut off.
   */
  close(drainMs: number): Promise<void>;
}

/** A server over TLS that bounds what callers may take of it, and whose certificate can be renewed while it serves. */
export function createSecureServer(handler: RequestListener, options: SecureServerOptions): SecureServer {
  const { tls, minVersion, connectionMs, answerMs } = options;
  const connections = new OpenConnections();
  const refused = (socket: Pick<Socket, "remoteAddress"> | undefined, why: RefusedConnection): void =>
    // Of a socket that has gone nothing is known any more.
    options.onRefused?.(socket?.remoteAddress ?? "", why);
  let ending = false;
  const server = createServer(
    {
      cert: tls.cert,
      key: tls.key,
      minVersion,
      ALPNProtocols: ["http/1.1"],
      handshakeTimeout: HEAD_MS,
      headersTimeout: HEAD_MS,
      requestTimeout: options.requestMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: options.keepAliveMs,
      maxHeaderSize: options.headBytes,
    },
    (request, response) => {
      const { socket } = request;
      if (ending || connections.age(socket) > connectionMs) response.setHeader("connection", "close");
      // Node has no bound for an answer that nobody takes.
      const overdue = setTimeout(() => {
        refused(socket, "slow-reader");
        socket.destroy();
      }, answerMs).unref();
      response.once("close", () => clearTimeout(overdue));
      connections.enter(socket, response);
      handler(request, response);
    },
  );
  server.maxConnections = options.mostConnections;
  server.maxRequestsPerSocket = options.mostRequests ?? 0;
  server.on("secureConnection", (socket: TLSSocket) => connections.add(socket));
  server.on("drop", (dropped) => refused({ remoteAddress: dropped?.remoteAddress }, "too-many-connections"));
  server.on("tlsClientError", (_, socket) => refused(socket, "broken-tls"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    refused(socket, reasonOf(error));
    answerMalformed(socket, error);
  });
  return {
    server,
    renew: ({ cert, key }) => server.setSecureContext({ cert, key, minVersion }),
    endConnections: () => void (ending = true),
    close: async (drainMs) => {
      ending = true;
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      connections.close();
      const overdue = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(overdue);
    },
  };
}
