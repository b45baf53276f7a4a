import type { EventBus } from "../events/event-bus.js";
import { identityName } from "../provider/identity.js";
import type { Reader } from "./read-queue.js";
import type { ReferenceOutcome } from "./reference-outcome.js";

/** Tells what became of a reference: who read what, in which version, from where; or why not. */
export function emitOutcome(events: EventBus, outcome: ReferenceOutcome, reader: Reader): void {
  const { reference, store = "" } = outcome;
  const common = { reference, store, identity: identityName(reader.identity), traceId: reader.trace.id };
  if (outcome.status === "found") {
    const { source, version } = outcome;
    events.emit("secret-resolved", { ...common, source, ...(version !== undefined && { version }) });
  } else events.emit("secret-failed", { ...common, status: outcome.status, reason: outcome.reason });
}
