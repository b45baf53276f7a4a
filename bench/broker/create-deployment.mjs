import { createObject } from "@sluice/kubernetes";
import { containerToken, createPod, requestOf } from "../../test/e2e/broker/test-pods.ts";
import { inParallel } from "../../test/e2e/starts/in-parallel.ts";

const calm = () => ({ signal: AbortSignal.timeout(60_000) });

/** Creates the pods of a deployment as its controllers would; gives what each of its containers shows a broker. */
export async function createDeployment({ admin }, namespace, count, env) {
  const labels = { app: "shop" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "app" }] } };
  const spec = { replicas: count, selector: { matchLabels: labels }, template };
  const create = async (kind, plural, owner) => {
    const metadata = { name: "shop", ...(owner && { ownerReferences: [owner] }) };
    const resource = { group: "apps", version: "v1", plural, namespace };
    const made = await createObject(admin, resource, { apiVersion: "apps/v1", kind, metadata, spec }, calm());
    return { apiVersion: "apps/v1", kind, name: "shop", uid: made.metadata.uid, controller: true };
  };
  const owner = await create("ReplicaSet", "replicasets", await create("Deployment", "deployments"));
  const numbers = Array.from({ length: count }, (_, index) => index);
  return inParallel(8, numbers, async (number) => {
    const pod = await createPod(admin, {
      namespace,
      name: `shop-${number}`,
      owner,
      containers: { web: env },
    });
    const { container, planDigest } = requestOf(pod, "web");
    return { container, planDigest, token: await containerToken(admin, pod, "web") };
  });
}
