import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { SluiceError, thrownName } from "@sluice/core";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { createServer } = process.getBuiltinModule("node:http");

/** Names by which a program of the same machine or pod reaches us; by another it was led here. */
const HOSTS = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Largest request body, in bytes. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A request that was read. */
export interface LocalRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body?: Uint8Array;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

/** Answers it. What it throws is answered as a failure, without its message if it is none of ours. */
export type LocalHandler = (request: LocalRequest, response: ServerResponse) => Promise<void>;

/** How a failure is told. */
export type LocalFailure = (response: ServerResponse, status: number, message: string) => void;

/** Statuses of failures by their kind. */
const STATUSES: Readonly<Record<string, number>> = {
  denied: 403,
  "not-found": 404,
  unavailable: 503,
  deadline: 504,
  usage: 400,
};

/**
 * Serves plain HTTP on 127.0.0.1 and nowhere else, for programs beside us. A request that names another host is refused:
 * a browser that was led here by a name would send it.
 *
 * @throws SluiceError `SLU1103` where nobody can listen at the port.
 */
export async function listenLocally(
  port: number,
  handle: LocalHandler,
  fail: LocalFailure,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(request, response, handle, fail);
  });
  server.maxConnections = 256;
  server.listen({ host: "127.0.0.1", port });
  try {
    await once(server, "listening");
  } catch (thrown) {
    throw new SluiceError({
      code: "SLU1103",
      kind: "configuration",
      problem: `Nobody can listen at 127.0.0.1:${port} (${thrownName(thrown)})`,
      remedy: "Choose another port",
    });
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    [Symbol.asyncDispose]: async () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: LocalHandler,
  fail: LocalFailure,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort(new Error("The caller has gone")));
  try {
    if (!HOSTS.test(request.headers.host ?? ""))
      return fail(response, 421, "This is asked as 127.0.0.1 or localhost");
    const body = await readBody(request);
    if (body === "too-large") return fail(response, 413, `A request has at most ${MOST_BYTES} bytes`);
    const { method = "GET", url = "/", headers } = request;
    await handle({ method, path: url, headers, signal: gone.signal, ...(body && { body }) }, response);
  } catch (thrown) {
    if (response.headersSent || gone.signal.aborted) return void response.destroy();
    if (!SluiceError.isInstance(thrown)) return fail(response, 500, "It failed inside");
    fail(response, STATUSES[thrown.kind] ?? 500, `${thrown.problem}. ${thrown.remedy}`);
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined | "too-large"> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return "too-large";
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks);
}
