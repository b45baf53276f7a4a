import { ClusterAdmin } from "../../../../packages/provider-kubernetes/test/cluster-admin.js";
import { startKubernetes } from "../../../servers/kubernetes.js";
import type { Unavailable } from "../../../servers/shared/server.js";
import type { CliSubject, StoreSetup } from "./cli-subject.js";

const FIELD = "value";

export async function openKubernetes(): Promise<CliSubject | Unavailable> {
  const cluster = await startKubernetes();
  if (cluster.kind === "unavailable") return cluster;
  const admin = new ClusterAdmin(cluster);
  const namespace = await admin.namespace();
  const setup = (more: object): StoreSetup => ({
    options: { provider: "kubernetes", namespace, ...more },
    env: {},
  });
  const { kubeconfig } = cluster;
  return {
    store: setup({ kubeconfig }),
    refused: { "people without rights": setup({ kubeconfig, context: "limited" }) },
    at: async (address) => setup({ kubeconfig: await admin.kubeconfig(address, cluster.adminToken) }),
    misspelt: ["kubeconfg", "kubeconfig"],
    path: (name) => name,
    field: FIELD,
    write: async (path, text) => admin.write(namespace, path, { [FIELD]: text }),
    read: async (path) => {
      const secret = await admin
        .call("GET", `/api/v1/namespaces/${namespace}/secrets/${path}`)
        .catch(() => undefined);
      const data = (secret as { data?: Record<string, string> } | undefined)?.data;
      return data && Buffer.from(data[FIELD] ?? "", "base64").toString();
    },
    [Symbol.asyncDispose]: async () => {
      await admin[Symbol.asyncDispose]();
      await cluster.stop();
    },
  };
}
