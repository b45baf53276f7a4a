import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError, thrownName } from "@sluice/core";
import { EventRecorder, type KubernetesClient, KubernetesError, lead } from "@sluice/kubernetes";
import {
  reportStores,
  type ReportStoresOptions,
  type StoreCatalogue,
  storeId,
} from "@sluice/kubernetes/stores";
import type { Logger } from "@sluice/service";
import { seldom } from "./seldom.js";

/** Where a broker is, and which of several it is. */
export interface BrokerPlace {
  readonly namespace: string;
  /** Different for every replica: the name of its pod. */
  readonly identity: string;
}

/** How often stores are looked at, and their status written. */
export interface ReportStatusOptions extends Pick<
  ReportStoresOptions,
  "check" | "intervalMs" | "retryMs" | "refreshMs"
> {
  readonly client: KubernetesClient;
  readonly catalogue: StoreCatalogue;
  /** Asked for again when it rejects. */
  readonly place: () => Promise<BrokerPlace>;
  readonly log: Logger;
  /** See `lead` of `@sluice/kubernetes`; 15 by default. */
  readonly leaseSeconds?: number;
}

/** Lease in the brokers' own namespace: whoever has it reports. */
const LEASE = "sluice-broker";
const CONTROLLER = "sluice.dev/broker";

/** Before what failed is begun anew, in milliseconds. */
const PAUSE_MS = 5_000;
/** The same problem is told once in that time, in milliseconds. */
const TOGETHER_MS = 300_000;

/**
 * Writes into the status of every store in the cluster whether it can be read from, by one of all brokers. Nothing
 * that fails here keeps a broker from answering: it is told, and tried again. Dispose the result to stop; the lease is
 * given back then.
 */
export function reportStatus(options: ReportStatusOptions): AsyncDisposable {
  const { client, catalogue, place, log, leaseSeconds, ...looks } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const warn = seldom(TOGETHER_MS, (details, message) => log.warn(details, message));

  async function report(): Promise<void> {
    const { namespace, identity } = await place();
    const onProblem = (thrown: unknown): void =>
      warn({ problem: problemOf(thrown) }, "the lease for reporting stores cannot be had");
    const wanted = { namespace, name: LEASE, identity, signal, onProblem };
    await lead(client, { ...wanted, ...(leaseSeconds !== undefined && { leaseSeconds }) }, async (led) => {
      log.info("this broker reports the status of stores");
      const recorder = new EventRecorder(client, { controller: CONTROLLER, instance: identity });
      await reportStores(client, catalogue, {
        ...looks,
        signal: led,
        recorder,
        onProblem: (key, thrown) =>
          warn(
            { store: storeId(key), problem: problemOf(thrown) },
            "the status of a store cannot be reported",
          ),
      });
    });
  }

  const reporting = (async () => {
    while (!signal.aborted) {
      await report().catch((thrown: unknown) => {
        if (!signal.aborted) warn({ problem: problemOf(thrown) }, "stores cannot be reported");
      });
      await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await reporting;
    },
  };
}

/** Of a foreign error its name: its message may quote anything. */
function problemOf(thrown: unknown): string {
  if (KubernetesError.isInstance(thrown)) return thrown.message;
  return SluiceError.isInstance(thrown) ? thrown.problem : thrownName(thrown);
}
