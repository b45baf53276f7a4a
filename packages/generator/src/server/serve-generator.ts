import type { EventBus } from "@sluice/core";
import { type KubernetesClient, lead } from "@sluice/kubernetes";
import { type Logger, type ManagementPlace, openManagement } from "@sluice/service";
import { thrownName } from "@sluice/core";
import { writeGeneratorLog } from "../audit/write-generator-log.js";
import type { Generator } from "../create-generator.js";
import { GeneratorMetrics } from "../metrics/generator-metrics.js";

/** What a listening generator is made of. */
export interface ServeGeneratorOptions {
  readonly generator: Generator;
  readonly events: EventBus;
  /** Where probes and metrics are. */
  readonly management: ManagementPlace;
  readonly log: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether somebody has said that nobody else generates; false by default. */
  readonly soleWriter?: boolean;
  /** Generate only while holding a Lease of the cluster; by default all do, at the same time. */
  readonly lead?: LeadAs;
}

/** Which Lease is held, and as whom. */
export interface LeadAs {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
}

/**
 * Generates until the signal aborts, with probes, metrics and a log.
 *
 * @throws SluiceError `SLU1103` for an address that cannot be used
 */
export async function serveGenerator(options: ServeGeneratorOptions): Promise<void> {
  const { generator, events, log, signal, soleWriter = false } = options;
  using _ = writeGeneratorLog(events, log);
  using metrics = new GeneratorMetrics(events, generator.state);
  // Whoever waits for its turn does what it ought to.
  const notReady = (): string | undefined => (options.lead === undefined ? generator.notReady() : undefined);
  const management = await openManagement(options.management, { registry: metrics.registry, notReady });
  log.info({ management: management.address }, "generating");
  try {
    if (options.lead === undefined) await generator.run({ signal, soleWriter });
    else await runAsLeader(generator, options.lead, log, signal);
  } finally {
    await management[Symbol.asyncDispose]();
    log.info("stopped");
  }
}

async function runAsLeader(
  generator: Generator,
  { client, ...names }: LeadAs,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const onProblem = (error: unknown): void =>
    log.warn({ errorName: thrownName(error) }, "the lease of the leader cannot be had for now");
  await lead(client, { ...names, signal, onProblem }, async (working) => {
    log.info("leading");
    await generator.run({ signal: working, soleWriter: true });
    log.info("no longer leading");
  });
}
