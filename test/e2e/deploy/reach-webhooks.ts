import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { ask, must } from "../webhook/support.js";
import type { Manifest } from "./manifests.js";

/** A configuration of webhooks as it is deployed, or stored. */
export interface WebhookConfiguration extends Manifest {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service: { readonly path: string }; readonly caBundle?: string };
    readonly rules: readonly object[];
  }[];
}

/** Where the configurations are that have this name. */
function configurationPath({ kind, metadata: { name } }: Manifest): string {
  return `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s/${name}`;
}

/**
 * Applies the configurations of this name so that the API server finds the webhook at a port of this machine, as it
 * would by its Service, had it a network to find it in. Roots that the webhook wrote stay.
 */
export async function reachWebhooks(
  cluster: RunningKubernetes,
  manifests: readonly Manifest[],
  name: string,
  port: number,
): Promise<void> {
  for (const manifest of manifests) {
    if (!manifest.kind.endsWith("WebhookConfiguration") || manifest.metadata.name !== name) continue;
    const webhooks = (manifest as WebhookConfiguration).webhooks.map(({ clientConfig, ...others }) => ({
      ...others,
      clientConfig: { url: `https://localhost:${port}${clientConfig.service.path}` },
    }));
    const path = configurationPath(manifest);
    await forgetServices(cluster, path);
    const query = "?fieldManager=kubectl&force=true";
    await must(
      ask(cluster, "PATCH", path + query, { ...manifest, webhooks }, "application/apply-patch+yaml"),
    );
  }
}

/** Whoever else applied the Service, Helm for one, would have it stay beside the address. */
async function forgetServices(cluster: RunningKubernetes, path: string): Promise<void> {
  const { status, body } = await ask(cluster, "GET", path);
  if (status === 404) return;
  const patch = (body as unknown as WebhookConfiguration).webhooks.flatMap(({ clientConfig }, index) =>
    "service" in clientConfig
      ? [
          { op: "remove", path: `/webhooks/${index}/clientConfig/service` },
          { op: "add", path: `/webhooks/${index}/clientConfig/url`, value: "https://localhost:1" },
        ]
      : [],
  );
  await must(ask(cluster, "PATCH", path, patch, "application/json-patch+json"));
}
