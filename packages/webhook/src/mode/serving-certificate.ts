import { hostname } from "node:os";
import { resolve } from "node:path";
import { SluiceError } from "@sluice/core";
import { type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import type { ModeContext } from "@sluice/mode";
import type { Logger } from "@sluice/service";
import { certificateFiles } from "../tls/certificate-files.js";
import { ownCertificate } from "../tls/own-certificate.js";
import type { ServedCertificate } from "../tls/served-certificate.js";
import type { ServingOptions } from "./serving-options.js";

/** Where in the cluster this process is. */
export interface Place {
  readonly namespace: string;
  /** Different for every replica. */
  readonly identity: string;
}

/** @throws SluiceError `SLU1103` where there is no cluster */
export async function placeOf(
  client: KubernetesClient,
  { environment }: ModeContext,
  options: Pick<ServingOptions, "namespace">,
): Promise<Place> {
  const namespace = options.namespace ?? (await namespaceOf(client)) ?? "sluice-system";
  return { namespace, identity: environment["POD_NAME"] ?? hostname() };
}

/**
 * The certificate that reviews are answered with.
 *
 * @param service - Name of the Service that the API server calls.
 * @throws SluiceError `SLU1103` when there is none in time
 */
export async function openCertificate(
  client: KubernetesClient,
  { directory }: ModeContext,
  options: ServingOptions,
  service: string,
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
      names: options.tlsName ?? [`${service}.${namespace}.svc`],
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
