import { type Logger, type ManagementPlace, openManagement } from "@sluice/service";
import type { SyncController } from "./engine/create-sync-controller.js";
import { SyncMetrics } from "./metrics/sync-metrics.js";
import { writeSyncLog } from "./write-sync-log.js";

/** What a listening controller is made of. */
export interface ServeSyncOptions {
  readonly controller: SyncController;
  /** Where probes and metrics are asked for. */
  readonly management: ManagementPlace;
  readonly log: Logger;
  /** Ends it: nothing new is begun, and what is under way comes to its end. */
  readonly signal: AbortSignal;
  /** Told HOST:PORT of probes and metrics, once it listens. */
  readonly onListening?: (address: string) => void;
}

/** Runs a controller with its probes, metrics and log. Resolves when all has ended. @throws SluiceError `SLU1103` */
export async function serveSync({
  controller,
  management,
  log,
  signal,
  onListening,
}: ServeSyncOptions): Promise<void> {
  using _log = writeSyncLog(controller.events, log);
  using metrics = new SyncMetrics(controller.events, controller.state);
  const served = await openManagement(management, {
    registry: metrics.registry,
    notReady: () => (signal.aborted ? "The controller is being stopped" : controller.notReady()),
  });
  log.info({ management: served.address }, "serving");
  onListening?.(served.address);
  try {
    await controller.run(signal);
  } finally {
    await served[Symbol.asyncDispose]();
    log.info("stopped");
  }
}
