import type { EventBus } from "@sluice/core";
import { outputId } from "./output/desired-output.js";
import type { Logger } from "@sluice/service";

/** Writes a line for every output that is written, and for every sync that cannot be done. Dispose the result to stop. */
export function writeSyncLog(events: EventBus, log: Logger): Disposable {
  const failing = new Map<string, string>();
  const listening = [
    events.on("output-written", ({ sync, output, what }) =>
      log.info({ event: "output-written", sync, output: outputId(output), what }, "output written"),
    ),
    events.on("sync-reconciled", ({ sync, reason, message, synced, ready }) => {
      const before = failing.get(sync);
      if (before === (synced ? undefined : reason)) return;
      if (synced) failing.delete(sync);
      else failing.set(sync, reason);
      const facts = { event: "sync", sync, reason, ready, message };
      if (synced) log.info(facts, "sync works again");
      else log.warn(facts, "sync cannot be done");
    }),
    events.on("sync-forgotten", ({ sync }) => failing.delete(sync)),
    events.on("workload-restarted", (event) =>
      log.info({ event: "workload-restarted", ...event }, "workload restarted"),
    ),
    events.on("sync-problem", ({ what, message }) => log.warn({ what, message }, "tried again")),
    events.on("listener-failed", (event) => log.error(event, "a listener failed")),
    events.on("retry-scheduled", (event) => log.debug(event, "a store is asked again")),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const listener of listening) listener[Symbol.dispose]();
    },
  };
}
