import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { createObject, field, KubernetesClient, requestToken } from "../src/index.js";
import { calm, newNamespace, openClient } from "./support.js";

await describeOnKubernetes("the account of a pod, on a real API server", (cluster) => {
  it("is who it is there, and may act as whoever shows a token", async () => {
    const admin = openClient(cluster.kubeconfig);
    const { namespace = "" } = await newNamespace(admin);
    const tokens = new Map<string, string>();
    for (const name of ["web", "other"]) {
      const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
      await createObject(admin, { version: "v1", plural: "serviceaccounts", namespace }, account, calm());
      const audience = "https://kubernetes.default.svc";
      const asked = { namespace, serviceAccount: name, audience, expirationSeconds: 600 };
      tokens.set(name, (await requestToken(admin, asked, calm())).token.text());
    }
    const folder = await mkdtemp(join(tmpdir(), "sluice-pod-"));
    onTestFinished(async () => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "ca.crt"), cluster.caCert);
    await writeFile(join(folder, "namespace"), namespace);
    await writeFile(join(folder, "token"), `${tokens.get("web") ?? ""}\n`, { mode: 0o600 });
    const { hostname, port } = new URL(cluster.address);
    using pod = new KubernetesClient({
      environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      serviceAccountFolder: folder,
    });
    const whoami = async (token?: string): Promise<unknown> => {
      const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
      const kind = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
      const { body } = await pod.call(
        { method: "POST", path, body: kind },
        { ...calm(), ...(token !== undefined && { token: async () => token }) },
      );
      return field(field(field(body, "status"), "userInfo"), "username");
    };
    expect(await pod.namespace()).toBe(namespace);
    expect(await whoami()).toBe(`system:serviceaccount:${namespace}:web`);
    expect(await whoami(tokens.get("other"))).toBe(`system:serviceaccount:${namespace}:other`);
    expect(await whoami()).toBe(`system:serviceaccount:${namespace}:web`);
  });
});
