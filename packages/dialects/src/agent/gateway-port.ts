import type { DialectProblem } from "@sluice/core/dialect";

/** The port of the gateway, or why it is none: one that only root may listen at is none. */
export function gatewayPort(text: string | undefined, annotation: string): number | DialectProblem {
  if (text === undefined) return 8200;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1024 && port <= 65_535) return port;
  return {
    problem: `Annotation ${annotation} is no port that an agent without rights of root can listen at`,
    remedy: "Write a number between 1024 and 65535",
  };
}
