import { KubernetesClient } from "@sluice/kubernetes";
import type { RunningKubernetes } from "../../../test/servers/kubernetes.js";
import { createKubeconfig } from "../../../test/servers/kubernetes-kubeconfig.js";

type Fields = Readonly<Record<string, string | Uint8Array>>;

/** Another way into a cluster than the provider's, with every right. */
export class ClusterAdmin implements AsyncDisposable {
  readonly #client: KubernetesClient;
  readonly #cleanups: (() => Promise<void>)[] = [];

  constructor({ kubeconfig }: RunningKubernetes) {
    this.#client = new KubernetesClient({ kubeconfig, environment: {} });
  }

  async call(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const signal = new AbortController().signal;
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return (await this.#client.call({ method, path, body, contentType }, { signal })).body;
  }

  /** A new namespace's name. */
  async namespace(): Promise<string> {
    const name = `n-${Math.random().toString(36).slice(2, 12)}`;
    await this.call("POST", "/api/v1/namespaces", { metadata: { name } });
    return name;
  }

  /** Writes all of a Secret's data. */
  async write(namespace: string, name: string, fields: Fields): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const data = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    );
    await this.call("POST", path, { metadata: { name }, data }).catch(async () =>
      this.call("PATCH", `${path}/${name}`, { data }),
    );
  }

  async remove(namespace: string, name: string): Promise<void> {
    await this.call("DELETE", `/api/v1/namespaces/${namespace}/secrets/${name}`);
  }

  /** Lets a user, or a service account, do this with Secrets of a namespace; only with these names, if any. */
  async grant(
    namespace: string,
    subject: { readonly user: string } | { readonly account: string },
    verbs: readonly string[],
    resourceNames?: readonly string[],
  ): Promise<void> {
    const name = `r-${Math.random().toString(36).slice(2, 12)}`;
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const rules = [
      { apiGroups: [""], resources: ["secrets"], verbs, ...(resourceNames && { resourceNames }) },
    ];
    const apiGroup = "rbac.authorization.k8s.io";
    const whom =
      "user" in subject
        ? { kind: "User", name: subject.user, apiGroup }
        : { kind: "ServiceAccount", name: subject.account, namespace };
    await this.call("POST", `${path}/roles`, { metadata: { name }, rules });
    const roleRef = { apiGroup, kind: "Role", name };
    await this.call("POST", `${path}/rolebindings`, { metadata: { name }, roleRef, subjects: [whom] });
  }

  /** A new service account; asks the cluster for its tokens. */
  async account(namespace: string, name: string): Promise<(audience: string) => Promise<string>> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await this.call("POST", path, { metadata: { name } });
    return async (audience) => {
      const spec = { audiences: [audience], expirationSeconds: 600 };
      const review = await this.call("POST", `${path}/${name}/token`, { spec });
      return (review as { status: { token: string } }).status.token;
    };
  }

  /** A kubeconfig for a server elsewhere with the rights of this token. */
  async kubeconfig(server: string, token: string, caCert?: string): Promise<string> {
    const content = { server, tokens: { user: token }, ...(caCert !== undefined && { caCert }) };
    const { path, remove } = await createKubeconfig(content);
    this.#cleanups.push(remove);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    for (const cleanup of this.#cleanups) await cleanup();
  }
}
