import type { Agent, IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { request: httpRequest } = process.getBuiltinModule("node:http");

/** Largest answer that is read, in bytes: that of the largest request Vault takes. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** One HTTP request. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

/** Its answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** An answer exceeds what is read. */
class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";
  readonly code = "ANSWER_TOO_LARGE";
}

/** Sends one request and reads its answer. Follows no redirect; an abort closes the socket. */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method, agent, signal, body } = request;
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = {
    ...request.headers,
    ...(body !== undefined && {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
    }),
  };
  const answered = Promise.withResolvers<IncomingMessage>();
  const outgoing = send(url, { method, agent, headers, signal }, answered.resolve);
  outgoing.on("error", answered.reject);
  outgoing.end(body);
  const answer = await answered.promise;
  return {
    status: answer.statusCode ?? 0,
    retryAfter: answer.headers["retry-after"],
    text: await readBounded(answer),
  };
}

async function readBounded(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the stream, and with it the socket.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new AnswerTooLargeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
