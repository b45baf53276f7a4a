import { hostname } from "node:os";
import { SluiceError } from "@sluice/core";
import { type KubernetesClient, KubernetesError, openClient } from "@sluice/kubernetes";
import { watchStores } from "@sluice/kubernetes/stores";
import { type ModeContext, stopSignal } from "@sluice/mode";
import { createLog } from "@sluice/service";
import { createSyncController } from "../engine/create-sync-controller.js";
import { externalSecretSource } from "../external-secret/external-secret-source.js";
import { externalStores } from "../external-stores/external-stores.js";
import { keyVaultSecretSource } from "../key-vault-secret/key-vault-secret-source.js";
import { parseWindow } from "../restart/parse-window.js";
import type { RestartOptions } from "../restart/restart-options.js";
import { secretSyncSource } from "../secret-sync/secret-sync-source.js";
import { serveSync } from "../serve-sync.js";
import type { SyncCommandOptions } from "./sync-command.js";
import type { SyncModeOptions } from "./sync-mode.js";

/** Works until a signal asks it to stop, and then until what is under way has ended. */
export async function runSync(
  context: ModeContext,
  options: SyncCommandOptions,
  { akv2k8s, given }: SyncModeOptions,
): Promise<void> {
  const { providers, environment, directory, output } = context;
  const stop = stopSignal(context);
  using client = openClient(context, options);
  const namespace = options.leaseNamespace ?? (await namespaceOf(client));
  const { brokerIdentityInNamespaces, tokenAudiencesInNamespaces, namespaces, shard, concurrency } = options;
  using catalogue = watchStores(client, { brokerIdentityInNamespaces, tokenAudiencesInNamespaces });
  const opening = {
    providers,
    environment,
    events: context.createEvents(),
    baseDirectory: directory,
    tenants: { addresses: options.allowAddresses, files: options.allowFiles },
  };
  const { esoVersion: version } = options;
  const external = options.eso
    ? externalStores({ ...opening, client, catalogue, version, brokerIdentityInNamespaces })
    : undefined;
  using _external = external?.catalogue;
  const controller = createSyncController({
    ...opening,
    client,
    catalogue: external?.catalogue ?? catalogue,
    namespace,
    // In a pod the name of the pod; elsewhere several may run on one machine.
    identity: `${hostname()}_${process.pid}`,
    concurrency,
    tokenAudiencesInNamespaces,
    sources: [
      secretSyncSource(),
      ...(options.akv2k8s && akv2k8s ? [keyVaultSecretSource(await akv2k8s())] : []),
      ...(external === undefined ? [] : [externalSecretSource({ version, find: external.find })]),
    ],
    ...(external !== undefined && { readOptions: external.readOptions, whileLeading: external.report }),
    ...(options.restarts && given && { restarts: { ...(await given()), ...restartsOf(options) } }),
    ...(namespaces !== undefined && { namespaces }),
    ...(shard !== undefined && { shard }),
  });
  await serveSync({
    controller,
    management: context.management ?? options.management,
    log: createLog("sync", { write: (line: string) => output.print(line) }, options.logLevel),
    signal: stop,
  });
}

function restartsOf({
  restartWindow,
  restartsPerMinute,
}: SyncCommandOptions): Pick<RestartOptions, "perMinute" | "window"> {
  const window = restartWindow === undefined ? undefined : parseWindow(restartWindow);
  if (restartWindow !== undefined && window === undefined)
    throw wrong(
      "--restart-window is no window",
      'Write it as in "22:00-04:00" or "Sat,Sun 22:00-04:00 Europe/Berlin"',
    );
  return {
    perMinute: restartsPerMinute,
    ...(window !== undefined && { window }),
  };
}

async function namespaceOf(client: KubernetesClient): Promise<string> {
  try {
    const namespace = await client.namespace();
    if (namespace !== undefined) return namespace;
  } catch (thrown) {
    if (!KubernetesError.isInstance(thrown)) throw thrown;
    throw wrong(thrown.message, "Name a kubeconfig with --kubeconfig, or run it in a pod");
  }
  throw wrong("It is not known in which namespace the lease is", "Name it with --lease-namespace");
}

function wrong(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU1103", kind: "configuration", problem, remedy });
}
