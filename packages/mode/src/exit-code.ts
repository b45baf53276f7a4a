import type { ErrorKind } from "@sluice/core";

/** Exit codes as sysexits.h and the shells have them. A command that was started ends with its own. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 64,
  "not-found": 66,
  unavailable: 69,
  bug: 70,
  deadline: 75,
  denied: 77,
  configuration: 78,
  "not-executable": 126,
  "command-not-found": 127,
};
