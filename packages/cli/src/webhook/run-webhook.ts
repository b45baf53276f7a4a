import { hostname } from "node:os";
import { resolve } from "node:path";
import { SluiceError, thrownName } from "@sluice/core";
import { KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import { createLog, type Logger } from "@sluice/service";
import {
  agentContainers,
  type Admission,
  certificateFiles,
  createAdmission,
  createClusterLookups,
  execWrap,
  filesAtStart,
  launcherDelivery,
  ownCertificate,
  type ServedCertificate,
  serveWebhook,
  tokenVolumes,
  WebhookMetrics,
} from "@sluice/webhook";
import type { CliContext } from "../cli-context.js";
import type { WebhookCommandOptions } from "../commands/webhook-command.js";
import { findBroker } from "./find-broker.js";
import { imageLookups } from "./image-lookups.js";
import { followSettings } from "./follow-settings.js";
import { readWebhookSettings, type WebhookSettings } from "./webhook-settings.js";

/** Serves until a signal asks it to stop, and then until nobody asks any more. */
export async function runWebhook(context: CliContext, options: WebhookCommandOptions): Promise<void> {
  const { environment, directory, output } = context;
  // Before anything takes time: as PID 1 a process hears only signals that it listens to.
  const told = signalled();
  const log = createLog("webhook", { write: (line: string) => output.print(line) }, options.logLevel);
  using client = new KubernetesClient({
    environment,
    ...(options.kubeconfig !== undefined && { kubeconfig: resolve(directory, options.kubeconfig) }),
    ...(options.context !== undefined && { context: options.context }),
  });
  let certificate: ServedCertificate | undefined;
  using metrics = new WebhookMetrics(() => certificate?.current.endsAt);
  const admissionOf = (settings: WebhookSettings): Admission => admissionWith(client, metrics, settings);
  // Only asked for where something is to be found or written in the cluster.
  const place = async () => placeOf(client, context, options);
  await using broker = await findBroker(client, options, place, log);
  const readSettings = async () => readWebhookSettings(directory, options, broker.found());
  const initial = await readSettings();
  let admission = admissionOf(initial);
  using _following = followSettings(
    initial,
    readSettings,
    (settings) => {
      admission = admissionOf(settings);
      metrics.reloaded("settings", "ok");
      log.info("the settings were read again");
    },
    (thrown) => {
      metrics.reloaded("settings", "failed");
      const problem = SluiceError.isInstance(thrown) ? thrown.problem : thrownName(thrown);
      log.warn({ problem }, "the settings cannot be used; those before go on to count");
    },
  );
  certificate = await openCertificate(client, context, options, place, log);
  const running = await serveWebhook({
    admission: () => admission,
    certificate,
    metrics,
    log,
    address: options.listen,
    management: options.management,
    mostConnections: options.maxConnections,
    lameMs: options.lame * 1000,
  });
  await told;
  await running.stop();
}

function admissionWith(
  client: KubernetesClient,
  metrics: WebhookMetrics,
  { injection, dialects, lookups, images }: WebhookSettings,
): Admission {
  return createAdmission({
    dialects,
    settings: injection,
    commands: imageLookups(client, images),
    strategies: [agentContainers(), launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()],
    lookups: createClusterLookups(client, {
      ...lookups,
      onLookup: (kind, outcome) => metrics.lookedUp(kind, outcome),
    }),
  });
}

interface Place {
  readonly namespace: string;
  /** Different for every replica. */
  readonly identity: string;
}

async function placeOf(
  client: KubernetesClient,
  { environment }: CliContext,
  options: WebhookCommandOptions,
): Promise<Place> {
  const namespace = options.namespace ?? (await namespaceOf(client)) ?? "sluice-system";
  return { namespace, identity: environment["POD_NAME"] ?? hostname() };
}

async function openCertificate(
  client: KubernetesClient,
  { directory }: CliContext,
  options: WebhookCommandOptions,
  place: () => Promise<Place>,
  log: Logger,
): Promise<ServedCertificate> {
  if (options.tls === "files") {
    const files = { cert: resolve(directory, options.tlsCert), key: resolve(directory, options.tlsKey) };
    return certificateFiles(files, log);
  }
  const { namespace, identity } = await place();
  return ownCertificate(
    client,
    {
      namespace,
      secret: options.tlsSecret,
      identity,
      names: options.tlsName ?? [`sluice-webhook.${namespace}.svc`],
      configurations: [
        ...options.mutatingConfiguration.map(
          (name) => ({ kind: "MutatingWebhookConfiguration", name }) as const,
        ),
        ...options.validatingConfiguration.map(
          (name) => ({ kind: "ValidatingWebhookConfiguration", name }) as const,
        ),
      ],
    },
    log,
  );
}

/** The first that asks for the cluster, so the one to say that there is none. */
async function namespaceOf(client: KubernetesClient): Promise<string | undefined> {
  try {
    return await client.namespace();
  } catch (thrown) {
    if (!KubernetesError.isInstance(thrown)) throw thrown;
    throw new SluiceError({
      code: "SLU1103",
      kind: "configuration",
      problem: thrown.message,
      remedy: "Name a kubeconfig with --kubeconfig, or run it in a pod",
    });
  }
}

/** Resolves at the first signal to stop; a second one ends the process as it would any other. */
async function signalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}
