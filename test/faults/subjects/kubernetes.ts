import { randomUUID } from "node:crypto";
import { KubernetesClient } from "@sluice/kubernetes";
import { kubernetes } from "@sluice/provider-kubernetes";
import { answerJson } from "../../servers/faults/call.js";
import { createKubeconfig } from "../../servers/kubernetes-kubeconfig.js";
import { startKubernetes } from "../../servers/kubernetes.js";
import type { Unavailable } from "../../servers/shared/server.js";
import type { FaultSubject } from "../fault-subject.js";

const FIELD = "value";

interface KubernetesFaultSubject extends FaultSubject {
  readonly namespace: string;
  /** Of somebody who may do everything. */
  readonly token: string;
}

/** Secrets of a namespace, on kube-apiserver. */
export async function openKubernetes(): Promise<KubernetesFaultSubject | Unavailable> {
  const cluster = await startKubernetes();
  if (cluster.kind === "unavailable") return cluster;
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  const post = async (path: string, body: object): Promise<unknown> =>
    client.call({ method: "POST", path, body }, { signal: new AbortController().signal });
  const namespace = `n-${randomUUID()}`;
  await post("/api/v1/namespaces", { metadata: { name: namespace } });
  const cleanups: (() => Promise<void>)[] = [];
  return {
    kind: "running",
    server: { address: cluster.address, ca: cluster.caCert },
    store: async (server, caCert) => {
      const file = await createKubeconfig({ server, caCert, tokens: { admin: cluster.adminToken } });
      cleanups.push(file.remove);
      return kubernetes({ namespace, kubeconfig: file.path });
    },
    namespace,
    token: cluster.adminToken,
    environment: {},
    path: (label) => label,
    field: FIELD,
    write: async (name, text) => {
      const data = { [FIELD]: Buffer.from(text).toString("base64") };
      await post(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, data });
    },
    isRead: ({ method, url }) => method === "GET" && url.includes("/secrets/"),
    expired: status(401, "Unauthorized"),
    throttled: status(429, "TooManyRequests"),
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      for (const cleanup of cleanups) await cleanup();
      await cluster.stop();
    },
  };
}

/** What kube-apiserver answers when it refuses. */
function status(code: number, reason: string): ReturnType<typeof answerJson> {
  return answerJson(code, { kind: "Status", apiVersion: "v1", status: "Failure", reason, code });
}
