import type { Pod } from "@sluice/core/pod";
import { getObject, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import { parseDockerConfig, type RegistryLogins } from "./docker-config.js";

const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 3_000;

interface WithPullSecrets {
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/**
 * Logins that a pod's images are pulled with: its own Secrets first, then those of its service account. A Secret
 * that is not there is passed over, as the kubelet does; so is one that may not be read, for the image may be
 * public.
 */
export async function pullLogins(
  client: KubernetesClient,
  { spec }: Pod,
  namespace: string,
  signal: AbortSignal,
): Promise<RegistryLogins[]> {
  const read = async (plural: string, name: string): Promise<object | undefined> => {
    const bounds = { signal, timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES };
    try {
      return await getObject(client, { version: "v1", plural, namespace }, name, bounds);
    } catch (thrown) {
      signal.throwIfAborted();
      if (KubernetesError.isInstance(thrown)) return undefined;
      throw thrown;
    }
  };
  const account: WithPullSecrets | undefined = await read(
    "serviceaccounts",
    spec.serviceAccountName ?? "default",
  );
  const named = [spec as WithPullSecrets, account].flatMap((owner) => owner?.imagePullSecrets ?? []);
  const names = new Set(named.flatMap(({ name }) => (name === undefined || name === "" ? [] : [name])));
  const secrets = await Promise.all(Array.from(names, (name) => read("secrets", name)));
  return secrets.flatMap((secret) => loginsIn(secret));
}

function loginsIn(
  secret: { readonly data?: Readonly<Record<string, string>> } | undefined,
): RegistryLogins[] {
  const text = secret?.data?.[".dockerconfigjson"] ?? secret?.data?.[".dockercfg"];
  return text === undefined ? [] : parseDockerConfig(Buffer.from(text, "base64").toString());
}
