import { onTestFinished } from "vitest";
import { createKubeconfig } from "../../../test/servers/kubernetes-kubeconfig.js";
import { KubernetesClient, type Resource } from "../src/index.js";

/** A client, gone after the test. */
export function openClient(kubeconfig: string, context?: string): KubernetesClient {
  const client = new KubernetesClient({
    kubeconfig,
    environment: {},
    ...(context !== undefined && { context }),
  });
  onTestFinished(() => client[Symbol.dispose]());
  return client;
}

/** A kubeconfig for a server elsewhere with the rights of this token, gone after the test. */
export async function kubeconfigFor(server: string, token: string, caCert?: string): Promise<string> {
  const content = { server, tokens: { user: token }, ...(caCert !== undefined && { caCert }) };
  const { path, remove } = await createKubeconfig(content);
  onTestFinished(remove);
  return path;
}

/** A signal that nobody aborts. */
export function calm(): { readonly signal: AbortSignal } {
  return { signal: new AbortController().signal };
}

/** Secrets of a new namespace. */
export async function newNamespace(client: KubernetesClient): Promise<Resource> {
  const namespace = `n-${Math.random().toString(36).slice(2, 12)}`;
  await client.call(
    { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } },
    calm(),
  );
  return { version: "v1", plural: "secrets", namespace };
}
