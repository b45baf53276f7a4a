import { type DestinationStream, type Logger, pino } from "pino";

export type { DestinationStream, Logger } from "pino";

/** Names under which a token or a value might come; none of ours does. Cut off whatever the others are. */
const NEVER = ["token", "tokens", "value", "authorization", "env", "key"];

/** A log of JSON lines. What goes into it is named field by field; objects of others are never handed to it. */
export function createLog(component: string, destination: DestinationStream, level = "info"): Logger {
  return pino(
    {
      level,
      base: { component },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: NEVER.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
    },
    destination,
  );
}
