import type { IncomingMessage } from "node:http";
import { LIMITS } from "../limits.js";
import { ProblemError } from "../problem-error.js";

/**
 * The whole body of a request, within bounds of size and time.
 *
 * @throws ProblemError; the connection is of no more use then.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > LIMITS.requestBytes) throw tooLarge();
  const tooSlow = AbortSignal.timeout(LIMITS.requestMs);
  const stop = (): void => void request.destroy(SLOW);
  tooSlow.addEventListener("abort", stop, { once: true });
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > LIMITS.requestBytes) throw tooLarge();
      chunks.push(chunk);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (thrown) {
    if (ProblemError.isInstance(thrown)) throw thrown;
    if (thrown === SLOW) throw refused("slow-body", `was not sent within ${LIMITS.requestMs / 1000} seconds`);
    throw refused("broken-body", "ended early or is not UTF-8");
  } finally {
    tooSlow.removeEventListener("abort", stop);
  }
}

const SLOW = new Error("The body of the request came too slowly");

function tooLarge(): ProblemError {
  return refused("oversized-body", `is larger than ${LIMITS.requestBytes} bytes`, 413);
}

function refused(reason: string, what: string, status = 400): ProblemError {
  return new ProblemError({ kind: "usage", reason, message: `The body of the request ${what}` }, status);
}
