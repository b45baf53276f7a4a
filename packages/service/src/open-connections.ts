import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface OpenConnection {
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Requests that are being answered. */
  requests: number;
}

/** The connections of a server, how old they are, and which of them are at work. */
export class OpenConnections {
  readonly #open = new Map<Socket, OpenConnection>();
  #isClosing = false;

  /** One that TLS was agreed on. */
  add(socket: Socket): void {
    if (this.#isClosing) return void socket.destroy();
    this.#open.set(socket, { openedAt: Date.now(), requests: 0 });
    socket.once("close", () => this.#open.delete(socket));
  }

  /** How long ago a connection was opened, in milliseconds. */
  age(socket: Socket): number {
    return Date.now() - (this.#open.get(socket)?.openedAt ?? 0);
  }

  /** Counts a request until its answer is given. */
  enter(socket: Socket, response: ServerResponse): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.requests += 1;
    response.once("close", () => {
      connection.requests -= 1;
      // One that began before the end was near has promised to stay.
      if (this.#isClosing && connection.requests === 0) socket.destroySoon();
    });
  }

  /** Lets go of those that ask nothing at once, of all others after their last answer. */
  close(): void {
    this.#isClosing = true;
    // Node leaves one alone that has never asked, and no longer looks at its times once the server is closed.
    for (const [socket, { requests }] of this.#open) if (requests === 0) socket.destroy();
  }
}
