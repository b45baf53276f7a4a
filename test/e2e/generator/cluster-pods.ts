import { createObject, deleteObject, type KubernetesClient, type KubernetesObject } from "@sluice/kubernetes";
import { inParallel } from "../starts/in-parallel.js";

/** Creates a namespace. */
export async function createNamespace(client: KubernetesClient, name: string): Promise<void> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  await createObject(client, { version: "v1", plural: "namespaces" }, namespace, call());
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } };
  await createObject(client, { version: "v1", plural: "serviceaccounts", namespace: name }, account, call());
}

/** Creates a pod without a node, so that it is gone as soon as it is deleted. */
export async function createAnnotatedPod(
  client: KubernetesClient,
  namespace: string,
  name: string,
  annotations: Readonly<Record<string, string>>,
): Promise<KubernetesObject> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations },
    spec: { automountServiceAccountToken: false, containers: [{ name: "app", image: "app" }] },
  };
  return createObject(client, pods(namespace), pod, call());
}

/** Deletes pods. */
export async function deletePods(
  client: KubernetesClient,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  await inParallel(
    8,
    names,
    async (name) => void (await deleteObject(client, pods(namespace), name, call())),
  );
}

function pods(namespace: string) {
  return { version: "v1", plural: "pods", namespace };
}

function call() {
  return { signal: AbortSignal.timeout(60_000) };
}
