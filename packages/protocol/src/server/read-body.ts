import type { IncomingMessage } from "node:http";
import { LIMITS } from "../limits.js";
import { ProblemError } from "../problem-error.js";

/**
 * The whole body of a request, within bounds of size and time.
 *
 * @throws ProblemError; nothing more of the request is read then, so its connection is of no use after the answer.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > LIMITS.requestBytes) throw tooLarge();
  const stopped = Promise.withResolvers<never>();
  const tooSlow = setTimeout(
    () => stopped.reject(refused("slow-body", `was not sent within ${LIMITS.requestMs / 1000} seconds`)),
    LIMITS.requestMs,
  );
  // Not by `for await`, which destroys the request when it is left, and with it the way to answer.
  const body = collect(request);
  try {
    return decode(await Promise.race([body.whole, stopped.promise]));
  } finally {
    clearTimeout(tooSlow);
    body.stop();
  }
}

function collect(request: IncomingMessage): { readonly whole: Promise<Buffer>; stop(): void } {
  const { promise: whole, resolve, reject } = Promise.withResolvers<Buffer>();
  // Nobody may be waiting any more when a connection breaks.
  whole.catch(() => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.byteLength;
    if (size > LIMITS.requestBytes) reject(tooLarge());
    else chunks.push(chunk);
  };
  const onEnd = (): void => resolve(Buffer.concat(chunks));
  const onBroken = (): void => reject(refused("broken-body", "ended early"));
  request.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  return {
    whole,
    stop: () => {
      request.off("data", onData).off("end", onEnd).off("close", onBroken).pause();
      // The listener of errors stays: one that nobody hears would end the process.
    },
  };
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw refused("broken-body", "is not UTF-8");
  }
}

function tooLarge(): ProblemError {
  return refused("oversized-body", `is larger than ${LIMITS.requestBytes} bytes`, 413);
}

function refused(reason: string, what: string, status = 400): ProblemError {
  return new ProblemError({ kind: "usage", reason, message: `The body of the request ${what}` }, status);
}
