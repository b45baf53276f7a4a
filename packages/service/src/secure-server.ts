import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { SecureVersion, TLSSocket } from "node:tls";
import { answerMalformed, reasonOf, type RefusedConnection } from "./broken-request.js";

/** A certificate with its key, PEM. */
export interface KeyPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface SecureServerOptions {
  readonly tls: KeyPair;
  readonly minVersion: Extract<SecureVersion, "TLSv1.2" | "TLSv1.3">;
  /** Connections at the same time. What comes beyond is closed before TLS begins. */
  readonly mostConnections: number;
  /** How old a connection may get, in milliseconds. Its next answer is its last then. */
  readonly connectionMs: number;
  /** How long a connection waits for its next request, in milliseconds. */
  readonly keepAliveMs: number;
  /** Time for a whole request, in milliseconds. */
  readonly requestMs: number;
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
}

export function createSecureServer(handler: RequestListener, options: SecureServerOptions): SecureServer {
  const { tls, minVersion, mostConnections, connectionMs, keepAliveMs, requestMs, headBytes } = options;
  const refused = options.onRefused ?? ((): void => undefined);
  const openedAt = new WeakMap<object, number>();
  let ending = false;
  const server = createServer(
    {
      cert: tls.cert,
      key: tls.key,
      minVersion,
      ALPNProtocols: ["http/1.1"],
      handshakeTimeout: HEAD_MS,
      headersTimeout: HEAD_MS,
      requestTimeout: requestMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: headBytes,
    },
    (request, response) => {
      const age = Date.now() - (openedAt.get(request.socket) ?? 0);
      if (ending || age > connectionMs) response.setHeader("connection", "close");
      handler(request, response);
    },
  );
  server.maxConnections = mostConnections;
  server.on("secureConnection", (socket: TLSSocket) => openedAt.set(socket, Date.now()));
  server.on("drop", (dropped) => refused(dropped?.remoteAddress ?? "", "too-many-connections"));
  server.on("tlsClientError", (_, socket) => refused(socket.remoteAddress ?? "", "broken-tls"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    refused(socket.remoteAddress ?? "", reasonOf(error));
    answerMalformed(socket, error);
  });
  return {
    server,
    renew: ({ cert, key }) => server.setSecureContext({ cert, key, minVersion }),
    endConnections: () => void (ending = true),
  };
}
