import { request } from "node:https";
import { json } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import type { RunningKubernetes } from "../../../test/servers/kubernetes.js";

/** A namespace of its own in a cluster, and accounts in it. */
export interface Cluster {
  readonly namespace: string;
  account(name: string): Promise<void>;
  /** A token of an account for an audience, as the kubelet asks for one. */
  token(account: string, audience: string): Promise<string>;
  /** A token of an account that may review those of others. */
  reviewer(): Promise<string>;
  /** The name of whoever has a token. */
  whoIs(token: string): Promise<string | undefined>;
}

export async function openCluster(cluster: RunningKubernetes): Promise<Cluster> {
  const namespace = `n-${Math.random().toString(36).slice(2, 12)}`;
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const call = async <Answer>(path: string, body: object): Promise<Answer> => post(cluster, path, body);
  await call("/api/v1/namespaces", { metadata: { name: namespace } });
  const account = async (name: string): Promise<void> => call(accounts, { metadata: { name } });
  const tokenOf = async (name: string, audiences?: readonly string[]): Promise<string> => {
    const spec = { expirationSeconds: 600, ...(audiences && { audiences }) };
    const { status } = await call<{ status: { token: string } }>(`${accounts}/${name}/token`, { spec });
    return status.token;
  };
  return {
    namespace,
    account,
    token: async (name, audience) => tokenOf(name, [audience]),
    reviewer: async () => {
      await account("reviewer");
      const apiGroup = "rbac.authorization.k8s.io";
      await call("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        metadata: { name: `reviewer-${namespace}` },
        roleRef: { apiGroup, kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: "reviewer", namespace }],
      });
      return tokenOf("reviewer");
    },
    whoIs: async (token) => {
      const review = { spec: { token } };
      const path = "/apis/authentication.k8s.io/v1/tokenreviews";
      const { status } = await call<{ status: { user?: { username: string } } }>(path, review);
      return status.user?.username;
    },
  };
}

async function post<Answer>(
  { address, caCert, adminToken }: RunningKubernetes,
  path: string,
  body: object,
): Promise<Answer> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const asked = request(`${address}${path}`, { method: "POST", headers, ca: caCert }, answered.resolve);
  asked.on("error", answered.reject);
  asked.end(JSON.stringify(body));
  const answer = await answered.promise;
  const said: unknown = await json(answer);
  if ((answer.statusCode ?? 0) >= 300) throw new Error(`POST ${path}: ${JSON.stringify(said)}`);
  return said as Answer;
}
