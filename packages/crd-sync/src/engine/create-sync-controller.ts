import { setTimeout as sleep } from "node:timers/promises";
import { createEventBus, type EventBus } from "@sluice/core";
import { lead } from "@sluice/kubernetes";
import { openHashKey } from "../output/hash-key.js";
import { secretSyncSource } from "../secret-sync/secret-sync-source.js";
import { failureOfThrown } from "../source/sync-failure.js";
import type { SyncControllerOptions } from "./controller-options.js";
import { SyncSession } from "./sync-session.js";

/** What is looked at when metrics are asked for. */
export interface SyncState {
  readonly isLeading: () => boolean;
  readonly syncs: () => number;
  readonly outputs: () => number;
  /** Syncs that wait for a place, are being done, or wait for their time. */
  readonly waiting: () => number;
  readonly running: () => number;
  readonly paused: () => number;
  readonly openStores: () => number;
}

/** Keeps outputs equal to stores, while it leads. */
export interface SyncController {
  readonly events: EventBus;
  readonly state: SyncState;
  /** Why it is not up to date at present; a replica that does not lead is, if it knows the stores. */
  notReady(): string | undefined;
  /** Competes for the lease and works while it has it. Resolves when the signal aborts, and all is in order. */
  run(signal: AbortSignal): Promise<void>;
}

/** Name of the lease of a controller that has no shard. */
const LEASE = "sluice-sync";
const RETRY_MS = 2_000;

/** Wires a controller. Nothing is asked before it runs. */
export function createSyncController(options: SyncControllerOptions): SyncController {
  const { client, catalogue, namespace, identity, shard, leaseSeconds } = options;
  const { sources = [secretSyncSource()], events = createEventBus() } = options;
  let session: SyncSession | undefined;
  const tell = (what: string) => (thrown: unknown) =>
    events.emit("sync-problem", { what, message: failureOfThrown(thrown).message });

  async function hashKey(signal: AbortSignal) {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await openHashKey(client, namespace, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        tell("hash key")(thrown);
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async function work(signal: AbortSignal, outer: AbortSignal): Promise<void> {
    const led = new SyncSession(options, sources, events, await hashKey(signal));
    session = led;
    try {
      await Promise.all([led.run(signal, () => outer.aborted), options.whileLeading?.(signal, events)]);
    } finally {
      session = undefined;
    }
  }

  return {
    events,
    state: {
      isLeading: () => session !== undefined,
      syncs: () => session?.syncs.size ?? 0,
      outputs: () => session?.outputs.size ?? 0,
      waiting: () => session?.queue.waiting ?? 0,
      running: () => session?.queue.running ?? 0,
      paused: () => session?.queue.paused ?? 0,
      openStores: () => session?.openStores ?? 0,
    },
    notReady: () => {
      const { ready, problems } = catalogue.health();
      if (!ready)
        return ["Not all stores are known yet", ...problems.map(({ problem }) => problem)].join(": ");
      return session?.problem();
    },
    run: async (signal) =>
      lead(
        client,
        {
          namespace,
          name: shard === undefined ? LEASE : `${LEASE}-${shard}`,
          identity,
          signal,
          onProblem: tell("lease"),
          ...(leaseSeconds !== undefined && { leaseSeconds }),
        },
        async (working) => work(working, signal),
      ),
  };
}
