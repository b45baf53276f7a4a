import {
  field,
  getObject,
  KubernetesError,
  type KubernetesClient,
  patchObject,
  type Resource,
} from "@sluice/kubernetes";

/** A configuration that names the webhook to the API server. */
export interface WebhookConfiguration {
  readonly kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration";
  readonly name: string;
}

const CALL_MS = 10_000;

/**
 * Lets the API server trust these roots, and no others. Whether all configurations have them now; one that is not
 * there yet does not.
 */
export async function writeBundle(
  client: KubernetesClient,
  configurations: readonly WebhookConfiguration[],
  bundle: string,
  signal: AbortSignal,
): Promise<{ readonly complete: boolean; readonly changed: boolean }> {
  const caBundle = Buffer.from(bundle).toString("base64");
  const outcomes = await Promise.all(
    configurations.map(async (configuration) => writeOne(client, configuration, caBundle, signal)),
  );
  return { complete: !outcomes.includes("missing"), changed: outcomes.includes("changed") };
}

async function writeOne(
  client: KubernetesClient,
  { kind, name }: WebhookConfiguration,
  caBundle: string,
  signal: AbortSignal,
): Promise<"same" | "changed" | "missing"> {
  const plural = `${kind.toLowerCase()}s`;
  const resource: Resource = { group: "admissionregistration.k8s.io", version: "v1", plural };
  const bounds = { signal, timeoutMs: CALL_MS };
  try {
    const object = await getObject(client, resource, name, bounds);
    const webhooks = (field(object, "webhooks") ?? []) as readonly Webhook[];
    if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) return "same";
    const { resourceVersion } = object.metadata;
    const changed = webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle },
    }));
    await patchObject(client, resource, name, { metadata: { resourceVersion }, webhooks: changed }, bounds);
    return "changed";
  } catch (thrown) {
    // Somebody else writes it now: the next look sees what came of it.
    if (KubernetesError.isInstance(thrown) && (thrown.status === 404 || thrown.status === 409))
      return "missing";
    throw thrown;
  }
}

interface Webhook {
  readonly clientConfig: { readonly caBundle?: string };
}
