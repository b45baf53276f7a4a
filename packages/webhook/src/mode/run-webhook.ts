import { resolve } from "node:path";
import { loadStrategies } from "@sluice/core/mutation";
import { type KubernetesClient, openClient } from "@sluice/kubernetes";
import { type StoreCatalogue, watchStores, watchStoresFile } from "@sluice/kubernetes/stores";
import { type ModeContext, aborted, stopSignal } from "@sluice/mode";
import { createLog } from "@sluice/service";
import type { AdmissionOptions } from "../admission/admission-options.js";
import { type Admission, createAdmission } from "../admission/create-admission.js";
import type { RegistryLoginSource } from "../images/index.js";
import { createClusterLookups } from "../lookups/create-cluster-lookups.js";
import { serveWebhook } from "../server/serve-webhook.js";
import { WebhookMetrics } from "../server/webhook-metrics.js";
import type { KnownStores } from "../stores/known-stores.js";
import { watchedStores } from "../stores/watched-stores.js";
import type { ServedCertificate } from "../tls/served-certificate.js";
import { findBroker } from "./find-broker.js";
import { followSettings } from "./follow-settings.js";
import { type CloudLogins, imageLookups, loadCloudLogins } from "./image-lookups.js";
import { openCertificate, placeOf } from "./serving-certificate.js";
import type { WebhookCommandOptions } from "./webhook-command.js";
import { comparableSettings, readWebhookSettings, type WebhookSettings } from "./webhook-settings.js";

/** Serves until a signal asks it to stop, and then until nobody asks any more. */
export async function runWebhook(
  context: ModeContext,
  options: WebhookCommandOptions,
  cloudLogins: CloudLogins,
): Promise<void> {
  const { directory, output } = context;
  const stop = stopSignal(context);
  const log = createLog("webhook", { write: (line: string) => output.print(line) }, options.logLevel);
  using client = openClient(context, options);
  let certificate: ServedCertificate | undefined;
  using metrics = new WebhookMetrics(() => certificate?.current.endsAt);
  using catalogue = await openCatalogue(client, directory, options);
  const stores = catalogue && watchedStores(catalogue);
  const strategies = await loadStrategies(context.strategies);
  const admissionOf = ({ settings, loginSources }: ReadSettings): Admission =>
    admissionWith(client, metrics, { stores, strategies }, settings, loginSources);
  // Only asked for where something is to be found or written in the cluster.
  const place = async () => placeOf(client, context, options);
  await using broker = await findBroker(client, options, place, log);
  const readSettings = async (): Promise<ReadSettings> => {
    const settings = await readWebhookSettings(context, options, broker.found());
    const wanted = settings.images.cloudLogins ?? [];
    const loginSources = await Promise.all(wanted.map((cloud) => loadCloudLogins(cloud, cloudLogins)));
    return { settings, loginSources };
  };
  const initial = await readSettings();
  let admission = admissionOf(initial);
  using _following = followSettings({
    initial,
    read: readSettings,
    comparable: ({ settings }) => comparableSettings(settings),
    onChanged: (read) => {
      admission = admissionOf(read);
    },
    metrics,
    log,
  });
  certificate = await openCertificate(client, context, options, "sluice-webhook", place, log);
  const running = await serveWebhook({
    admission: () => admission,
    certificate,
    metrics,
    log,
    address: options.listen,
    management: context.management ?? options.management,
    mostConnections: options.maxConnections,
    lameMs: options.lame * 1000,
  });
  await aborted(stop);
  await running.stop();
}

interface ReadSettings {
  readonly settings: WebhookSettings;
  readonly loginSources: readonly RegistryLoginSource[];
}

function admissionWith(
  client: KubernetesClient,
  metrics: WebhookMetrics,
  { stores, strategies }: Pick<AdmissionOptions, "strategies"> & { readonly stores: KnownStores | undefined },
  { injection, dialects, lookups, images }: WebhookSettings,
  loginSources: readonly RegistryLoginSource[],
): Admission {
  return createAdmission({
    dialects,
    settings: injection,
    ...(stores !== undefined && { stores }),
    commands: imageLookups(client, images, loginSources),
    strategies,
    lookups: createClusterLookups(client, {
      ...lookups,
      onLookup: (kind, outcome) => metrics.lookedUp(kind, outcome),
    }),
  });
}

/** Stores are asked what they need of pods, and are never read from: what a broker may do with them is not its affair. */
async function openCatalogue(
  client: KubernetesClient,
  directory: string,
  { stores, lookUpStores }: WebhookCommandOptions,
): Promise<StoreCatalogue | undefined> {
  if (lookUpStores === false) return undefined;
  if (stores !== undefined) return watchStoresFile(resolve(directory, stores));
  return watchStores(client, { asDeclared: true });
}
