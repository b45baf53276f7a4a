import type { EventBus } from "@sluice/core";
import type {
  GenerationFailedEvent,
  LeaseEvent,
  LeaseFailedEvent,
  SecretExistsEvent,
  SecretGeneratedEvent,
  WantedRefusedEvent,
} from "../audit/generator-events.js";

/** What was done, and what was not. */
export interface GeneratorReport {
  readonly created: readonly SecretGeneratedEvent[];
  readonly existing: readonly SecretExistsEvent[];
  /** The last failure of each secret that is not whole. */
  readonly failed: readonly GenerationFailedEvent[];
  readonly claimed: readonly LeaseEvent[];
  readonly released: readonly LeaseEvent[];
  /** The last failure of each pod that has no number. */
  readonly leasesFailed: readonly LeaseFailedEvent[];
  readonly refused: readonly WantedRefusedEvent[];
}

/** Collects a report from events. Dispose it to stop listening. */
export interface ReportListener extends Disposable {
  read(): GeneratorReport;
}

export function listenForReport(events: EventBus): ReportListener {
  const created = new Map<string, SecretGeneratedEvent>();
  const existing = new Map<string, SecretExistsEvent>();
  const failed = new Map<string, GenerationFailedEvent>();
  const claimed = new Map<string, LeaseEvent>();
  const released = new Map<string, LeaseEvent>();
  const leasesFailed = new Map<string, LeaseFailedEvent>();
  const refused: WantedRefusedEvent[] = [];
  const idOf = ({ store, places }: SecretExistsEvent): string => JSON.stringify([store, ...places]);
  const leaseId = ({ store, path }: LeaseEvent): string => JSON.stringify([store, path]);
  const listening = [
    events.on("secret-generated", (event) => {
      created.set(`${idOf(event)} ${event.paths.join(" ")}`, event);
      failed.delete(idOf(event));
    }),
    events.on("secret-exists", (event) => {
      existing.set(idOf(event), event);
      failed.delete(idOf(event));
    }),
    events.on("generation-failed", (event) => failed.set(idOf(event), event)),
    events.on("lease-claimed", (event) => {
      claimed.set(leaseId(event), event);
      for (const [id, { pod }] of leasesFailed) if (pod === event.pod) leasesFailed.delete(id);
    }),
    events.on("lease-released", (event) => released.set(leaseId(event), event)),
    events.on("lease-failed", (event) =>
      leasesFailed.set(JSON.stringify([event.store, event.prefix, event.pod]), event),
    ),
    events.on("wanted-refused", (event) => refused.push(event)),
  ];
  return {
    read: () => ({
      created: Array.from(created.values()),
      existing: Array.from(existing.values()),
      failed: Array.from(failed.values()),
      claimed: Array.from(claimed.values()),
      released: Array.from(released.values()),
      leasesFailed: Array.from(leasesFailed.values()),
      refused,
    }),
    [Symbol.dispose]: () => {
      for (const listener of listening) listener[Symbol.dispose]();
    },
  };
}
