import type { IncomingMessage } from "node:http";
import type { Fault } from "./call.js";
import type { WayBack } from "./pass-call.js";

/** Passes on the beginning of an answer's body, then breaks it off. */
export function cutBody(
  answer: IncomingMessage,
  { response, reset }: WayBack,
  { afterBytes, ending }: Extract<Fault, { kind: "cut" }>,
): void {
  let left = afterBytes;
  // The head goes on its way too where nothing of the body does.
  response.flushHeaders();
  answer.on("data", (bytes: Buffer) => {
    const part = bytes.subarray(0, left);
    left -= part.length;
    if (part.length > 0) response.write(part);
  });
  answer.on("end", () => {
    // A turn later, when what was written has left.
    if (ending === "reset") setImmediate(reset);
  });
}
