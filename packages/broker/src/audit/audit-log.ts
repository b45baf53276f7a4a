import type { EventBus } from "@sluice/core";
import { type DestinationStream, type Logger, pino } from "pino";

export type { DestinationStream, Logger } from "pino";

/** Names under which a token or a value might come; none of ours does. Cut off whatever the others are. */
const NEVER = ["token", "tokens", "value", "authorization", "env"];

/** A log of JSON lines. What goes into it is named field by field; objects of others are never handed to it. */
export function createLog(destination: DestinationStream, level = "info"): Logger {
  return pino(
    {
      level,
      base: { component: "broker" },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: NEVER.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
    },
    destination,
  );
}

/**
 * Writes one line for every answer and every refusal. Dispose the result to stop.
 *
 * @see docs/spec/protocol-v1.md, 7.8
 */
export function writeAudit(events: EventBus, log: Logger): Disposable {
  // Whatever else is to be left out of the log.
  const audit = log.child({ audit: true }, { level: "info" });
  const listening = [
    events.on("environment-released", (event) => audit.info({ event: "released", ...event }, "released")),
    events.on("environment-refused", (event) => audit.warn({ event: "refused", ...event }, "refused")),
    events.on("connections-refused", (event) =>
      audit.warn({ event: "connections-refused", ...event }, "connections refused"),
    ),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const listener of listening) listener[Symbol.dispose]();
    },
  };
}
