import type { EventBus } from "@sluice/core";
import type { Logger } from "@sluice/service";
import type { FilesWrittenEvent } from "../sidecar-events.js";

/** Writes what happens into a log: names and references, never a value. */
export function logSidecar(events: EventBus, log: Logger): Disposable {
  const listening = [
    events.on("files-written", ({ files }: FilesWrittenEvent) => log.info({ files }, "files were exchanged")),
    events.on("files-not-written", ({ files, problem }) =>
      log.warn({ files, problem }, "what is there stays: it cannot be brought up to date"),
    ),
    events.on("app-told", (told) => log.info(told, "the app was told")),
    events.on("app-not-told", (told) => log.warn(told, "the app could not be told")),
    events.on("secret-failed", ({ reference, status, reason }) =>
      log.warn({ reference, status, reason }, "a secret could not be read"),
    ),
    events.on("lease-renewed", ({ leaseId, endsAt }) =>
      log.debug({ leaseId, endsAt }, "a lease was renewed"),
    ),
    events.on("lease-renewal-failed", ({ leaseId, status, reason, attempt }) =>
      log.warn({ leaseId, status, reason, attempt }, "a lease could not be renewed"),
    ),
    events.on("lease-lost", ({ leaseId, references, reason }) =>
      log[reason === "ended" ? "info" : "warn"]({ leaseId, references, reason }, "a lease is over"),
    ),
    events.on("lease-revoked", ({ leaseId, outcome }) =>
      log.info({ leaseId, outcome }, "a lease was given back"),
    ),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const each of listening) each[Symbol.dispose]();
    },
  };
}
