import { hostname } from "node:os";
import { resolve } from "node:path";
import { type KubernetesClient, openClient } from "@sluice/kubernetes";
import { type StoreCatalogue, watchStores, watchStoresFile } from "@sluice/kubernetes/stores";
import { type ModeContext, aborted, stopSignal } from "@sluice/mode";
import { createLog, type Logger } from "@sluice/service";
import { type Broker, createBroker } from "../create-broker.js";
import { serveBroker } from "../server/serve-broker.js";
import { type BrokerPlace, reportStatus } from "../status/report-status.js";
import type { BrokerCommandOptions } from "./broker-command.js";

/** Serves until a signal asks it to stop, and then until the last answer is given. */
export async function runBroker(context: ModeContext, options: BrokerCommandOptions): Promise<void> {
  const { providers, environment, directory, output } = context;
  const stop = stopSignal(context);
  using client = openClient(context, options);
  using catalogue = await openCatalogue(client, directory, options);
  const broker = createBroker({
    client,
    catalogue,
    providers,
    environment,
    baseDirectory: directory,
    events: context.createEvents(),
    tenants: { addresses: options.allowAddresses, files: options.allowFiles },
    onReplay: options.onReplay,
    rate: { perSecond: options.rate, burst: options.burst },
    badTokens: { perSecond: 1, burst: options.badTokens },
    mostInFlight: options.maxRequests,
    recordVersions: options.recordVersions,
  });
  const log = createLog("broker", { write: (line) => output.print(line) }, options.logLevel);
  const running = await serveBroker({
    broker,
    address: options.listen,
    management: context.management ?? options.management,
    tls: { cert: resolve(directory, options.tlsCert), key: resolve(directory, options.tlsKey) },
    log,
    limits: { mostConnections: options.maxConnections },
  });
  const reporting = reportFrom(context, options, { client, catalogue, broker, log });
  await aborted(stop);
  // At the same time: an API server that is away must not hold up the end of either.
  await Promise.all([reporting?.[Symbol.asyncDispose](), running.stop()]);
}

interface Parts {
  readonly client: KubernetesClient;
  readonly catalogue: StoreCatalogue;
  readonly broker: Broker;
  readonly log: Logger;
}

/** Stores of a file have no status. */
function reportFrom(
  context: ModeContext,
  options: BrokerCommandOptions,
  { client, catalogue, broker, log }: Parts,
): AsyncDisposable | undefined {
  if (options.stores !== undefined || !options.storeStatus) return undefined;
  const place = async (): Promise<BrokerPlace> => ({
    namespace: options.namespace ?? (await client.namespace()) ?? "sluice-system",
    identity: context.environment["POD_NAME"] ?? hostname(),
  });
  return reportStatus({ client, catalogue, log, place, check: broker.check });
}

async function openCatalogue(
  client: KubernetesClient,
  directory: string,
  { stores, brokerIdentityInNamespaces, tokenAudiencesInNamespaces }: BrokerCommandOptions,
): Promise<StoreCatalogue> {
  if (stores !== undefined) return watchStoresFile(resolve(directory, stores));
  return watchStores(client, { brokerIdentityInNamespaces, tokenAudiencesInNamespaces });
}
