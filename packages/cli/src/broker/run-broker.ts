import { resolve } from "node:path";
import { createBroker, serveBroker } from "@sluice/broker";
import { createLog } from "@sluice/service";
import { KubernetesClient } from "@sluice/kubernetes";
import { type StoreCatalogue, watchStores, watchStoresFile } from "@sluice/kubernetes/stores";
import type { CliContext } from "../cli-context.js";
import type { BrokerCommandOptions } from "../commands/broker-command.js";

/** Serves until a signal asks it to stop, and then until the last answer is given. */
export async function runBroker(context: CliContext, options: BrokerCommandOptions): Promise<void> {
  const { providers, environment, directory, output } = context;
  // Before anything takes time: as PID 1 a process hears only signals that it listens to.
  const told = signalled();
  using client = new KubernetesClient({
    environment,
    ...(options.kubeconfig !== undefined && { kubeconfig: resolve(directory, options.kubeconfig) }),
    ...(options.context !== undefined && { context: options.context }),
  });
  using catalogue = await openCatalogue(client, directory, options);
  const broker = createBroker({
    client,
    catalogue,
    providers,
    environment,
    baseDirectory: directory,
    onReplay: options.onReplay,
    rate: { perSecond: options.rate, burst: options.burst },
    badTokens: { perSecond: 1, burst: options.badTokens },
    mostInFlight: options.maxRequests,
    recordVersions: options.recordVersions,
  });
  const running = await serveBroker({
    broker,
    address: options.listen,
    management: options.management,
    tls: { cert: resolve(directory, options.tlsCert), key: resolve(directory, options.tlsKey) },
    log: createLog("broker", { write: (line) => output.print(line) }, options.logLevel),
    limits: { mostConnections: options.maxConnections },
  });
  await told;
  await running.stop();
}

async function openCatalogue(
  client: KubernetesClient,
  directory: string,
  { stores, brokerIdentityInNamespaces, tokenAudiencesInNamespaces }: BrokerCommandOptions,
): Promise<StoreCatalogue> {
  if (stores !== undefined) return watchStoresFile(resolve(directory, stores));
  return watchStores(client, { brokerIdentityInNamespaces, tokenAudiencesInNamespaces });
}

/** Resolves at the first signal to stop; a second one ends the process as it would any other. */
async function signalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}
