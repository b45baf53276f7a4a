import type { IncomingMessage } from "node:http";

/** A body that is none, with the HTTP status for it. */
export interface BodyProblem {
  readonly status: 408 | 413 | 415;
  readonly problem: string;
}

/** Reads a request's body of at most so many bytes, within so many milliseconds; nothing beyond is kept. */
export async function readReviewBody(
  request: IncomingMessage,
  mostBytes: number,
  timeoutMs: number,
): Promise<Buffer | BodyProblem> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return { status: 415, problem: "The body is not application/json" };
  const tooLarge: BodyProblem = { status: 413, problem: `The body has more than ${mostBytes} bytes` };
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) return tooLarge;
  const { promise, resolve } = Promise.withResolvers<Buffer | BodyProblem>();
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(
    () => resolve({ status: 408, problem: `The body was not read within ${timeoutMs} ms` }),
    timeoutMs,
  );
  request.on("data", (chunk: Buffer) => {
    length += chunk.byteLength;
    if (length > mostBytes) resolve(tooLarge);
    else chunks.push(chunk);
  });
  request.once("end", () => resolve(Buffer.concat(chunks, length)));
  request.once("error", () => resolve({ status: 408, problem: "The body ends early" }));
  request.once("aborted", () => resolve({ status: 408, problem: "The body ends early" }));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    request.removeAllListeners("data").resume();
  }
}
