import {
  closeServer,
  createManagementServer,
  listen,
  type ListenAddress,
  type Logger,
} from "@sluice/service";
import type { SyncController } from "./engine/create-sync-controller.js";
import { SyncMetrics } from "./metrics/sync-metrics.js";
import { writeSyncLog } from "./write-sync-log.js";

/** What a listening controller is made of. */
export interface ServeSyncOptions {
  readonly controller: SyncController;
  /** Where probes and metrics are asked for. */
  readonly management: ListenAddress;
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
  const server = createManagementServer({
    registry: metrics.registry,
    notReady: () => (signal.aborted ? "The controller is being stopped" : controller.notReady()),
  });
  const address = await listen(server, management);
  log.info({ management: address }, "serving");
  onListening?.(address);
  try {
    await controller.run(signal);
  } finally {
    await closeServer(server, 1_000);
    log.info("stopped");
  }
}
