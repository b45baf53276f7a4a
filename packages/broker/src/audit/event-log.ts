import type { EventBus } from "@sluice/core";
import type { Logger } from "@sluice/service";

/** Writes what those who run a broker must know, besides the audit. Dispose the result to stop. */
export function writeLog(events: EventBus, log: Logger): Disposable {
  const listening = [
    events.on("broker-failed", (event) =>
      log.error(event, "a request failed inside the broker: please report it"),
    ),
    events.on("listener-failed", (event) => log.error(event, "a listener failed")),
    events.on("delivered-versions-written", (event) => {
      if (event.failure !== undefined) log.warn(event, "delivered versions could not be written");
    }),
    events.on("lease-lost", (event) => log.warn(event, "a lease is lost")),
    events.on("lease-revoked", (event) => log.info(event, "a lease was given back")),
    events.on("retry-scheduled", (event) => log.debug(event, "a store is asked again")),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const listener of listening) listener[Symbol.dispose]();
    },
  };
}
