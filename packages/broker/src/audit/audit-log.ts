import type { EventBus } from "@sluice/core";
import type { Logger } from "@sluice/service";

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
