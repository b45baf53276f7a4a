import { resolve } from "node:path";
import type { RegisteredProvider } from "@sluice/core";
import { type KubernetesClient, openClient } from "@sluice/kubernetes";
import { type StoreCatalogue, watchStores, watchStoresFile } from "@sluice/kubernetes/stores";
import { type ModeContext, aborted, stopSignal } from "@sluice/mode";
import { createLog } from "@sluice/service";
import type { Admission } from "../admission/create-admission.js";
import { createObjectAdmission } from "../objects/create-object-admission.js";
import type { ObjectReader } from "../objects/object-reader.js";
import { serveWebhook } from "../server/serve-webhook.js";
import { WebhookMetrics } from "../server/webhook-metrics.js";
import type { ServedCertificate } from "../tls/served-certificate.js";
import { auditedReader } from "./audited-reader.js";
import { followSettings } from "./follow-settings.js";
import type { ObjectsCommandOptions } from "./objects-command.js";
import { type ObjectsSettings, readObjectsSettings } from "./objects-settings.js";
import { openCertificate, placeOf } from "./serving-certificate.js";

/** Opens a reader over the stores of a cluster. */
export type OpenObjectReader = (stores: ObjectStores) => Promise<ObjectReader & AsyncDisposable>;

/** The stores that are read for objects. */
export interface ObjectStores {
  readonly client: KubernetesClient;
  readonly catalogue: StoreCatalogue;
  readonly providers: readonly RegisteredProvider[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly baseDirectory: string;
}

/** Serves until a signal asks it to stop, and then until nobody asks any more. */
export async function runObjects(
  context: ModeContext,
  options: ObjectsCommandOptions,
  openReader: OpenObjectReader,
): Promise<void> {
  const { providers, environment, directory, output } = context;
  const stop = stopSignal(context);
  const log = createLog("objects", { write: (line: string) => output.print(line) }, options.logLevel);
  const readSettings = async (): Promise<ObjectsSettings> => readObjectsSettings(context, options.settings);
  const initial = await readSettings();
  using client = openClient(context, options);
  using catalogue = await openCatalogue(client, directory, options);
  const stores = { client, catalogue, providers, environment, baseDirectory: directory };
  await using storeReader = await openReader(stores);
  const reader = auditedReader(storeReader, log);
  const admissionOf = (settings: ObjectsSettings): Admission =>
    createObjectAdmission({ ...settings, reader });
  let certificate: ServedCertificate | undefined;
  using metrics = new WebhookMetrics(() => certificate?.current.endsAt);
  let admission = admissionOf(initial);
  using _following = followSettings({
    initial,
    read: readSettings,
    comparable: ({ file }) => file,
    onChanged: (settings) => {
      admission = admissionOf(settings);
    },
    metrics,
    log,
  });
  const place = async () => placeOf(client, context, options);
  certificate = await openCertificate(client, context, options, "sluice-objects", place, log);
  const running = await serveWebhook({
    admission: () => admission,
    certificate,
    metrics,
    log,
    notReady: () => (catalogue.health().ready ? undefined : "Not all stores are known yet"),
    address: options.listen,
    management: context.management ?? options.management,
    mostConnections: options.maxConnections,
    lameMs: options.lame * 1000,
  });
  await aborted(stop);
  await running.stop();
}

async function openCatalogue(
  client: KubernetesClient,
  directory: string,
  { stores }: ObjectsCommandOptions,
): Promise<StoreCatalogue> {
  return stores === undefined ? watchStores(client) : watchStoresFile(resolve(directory, stores));
}
