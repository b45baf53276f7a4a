import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { Output } from "@sluice/mode";

const STDOUT = 1;
const STDERR = 2;

/** Output to descriptors 1 and 2. Colours follow NO_COLOR and TERM=dumb. */
export function createDescriptorOutput(environment: Readonly<Record<string, string | undefined>>): Output {
  const printsToTerminal = isatty(STDOUT);
  const notesToTerminal = isatty(STDERR);
  const columns = Number(environment["COLUMNS"]);
  return {
    print: (text) => writeAll(STDOUT, text),
    note: (line) => writeAll(STDERR, `${line}\n`),
    status: (line) => writeAll(STDERR, `\r\u001B[K${line}`),
    printsToTerminal,
    notesToTerminal,
    columns: columns > 0 ? columns : notesToTerminal ? 80 : Infinity,
    colour: notesToTerminal && !environment["NO_COLOR"] && environment["TERM"] !== "dumb",
  };
}

/** Writes everything, whatever the descriptor takes at a time. Ends the process when nobody reads any more. */
function writeAll(descriptor: number, data: string | Uint8Array): void {
  let rest: Uint8Array = typeof data === "string" ? Buffer.from(data) : data;
  while (rest.byteLength > 0)
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      // `sluice list | head`: the reader has what it wants.
      if (code === "EPIPE") process.exit(128 + 13);
      if (code !== "EAGAIN") throw thrown;
      // Somebody made the pipe non-blocking, and it is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
}
