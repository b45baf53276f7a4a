import type { Socket } from "node:net";

/** Why a connection is refused: before there is a request, or because nobody takes its answer. */
export type RefusedConnection =
  | "too-many-connections"
  | "broken-tls"
  | "slow-head"
  | "oversized-head"
  | "broken-connection"
  | "malformed-http"
  | "slow-reader";

/** Why a request could not be read, of what Node says of it. */
export function reasonOf({ code }: NodeJS.ErrnoException): RefusedConnection {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "slow-head";
    case "HPE_HEADER_OVERFLOW":
      return "oversized-head";
    case "ECONNRESET":
    case "EPIPE":
      return "broken-connection";
    default:
      return "malformed-http";
  }
}

/** Says what Node would say by itself, were nobody listening. */
export function answerMalformed(socket: Socket, error: NodeJS.ErrnoException): void {
  const status = {
    ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
    HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  }[error.code ?? ""];
  if (socket.writable && error.code !== "ECONNRESET")
    socket.end(`HTTP/1.1 ${status ?? "400 Bad Request"}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  else socket.destroy();
}
