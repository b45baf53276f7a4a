import { randomUUID } from "node:crypto";
import { type ProviderContext, SELF } from "@sluice/core";

/** Longest that a call may take, in milliseconds. */
const CALL_MS = 60_000;

/** A context of its own for every call: as oneself, and not aborted before time is up. */
export function contextOf(overrides: Partial<ProviderContext> = {}): ProviderContext {
  return {
    signal: AbortSignal.timeout(CALL_MS),
    deadline: Date.now() + CALL_MS,
    identity: SELF,
    trace: { id: randomUUID() },
    ...overrides,
  };
}
