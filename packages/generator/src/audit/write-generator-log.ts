import type { EventBus } from "@sluice/core";
import type { Logger } from "@sluice/service";

/** Writes a line for all that a generator creates, frees or cannot do. Dispose the result to stop. */
export function writeGeneratorLog(events: EventBus, log: Logger): Disposable {
  // Whatever else is to be left out of the log.
  const audit = log.child({ audit: true }, { level: "info" });
  const listening = [
    events.on("secret-generated", (event) => audit.info({ event: "secret-generated", ...event }, "created")),
    events.on("lease-claimed", (event) => audit.info({ event: "lease-claimed", ...event }, "leased")),
    events.on("lease-released", (event) => audit.info({ event: "lease-released", ...event }, "released")),
    events.on("generation-failed", (event) => log.warn(event, "a secret is not whole")),
    events.on("lease-failed", (event) => log.warn(event, "a pod has no number")),
    events.on("wanted-refused", (event) => log.warn(event, "what is asked for is not done")),
    events.on("secret-exists", (event) => log.debug(event, "all of a secret is there")),
    events.on("generator-failed", (event) => log.error(event, "the generator is in difficulties")),
    events.on("listener-failed", (event) => log.error(event, "a listener failed")),
    events.on("retry-scheduled", (event) => log.debug(event, "a store is asked again")),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const listener of listening) listener[Symbol.dispose]();
    },
  };
}
