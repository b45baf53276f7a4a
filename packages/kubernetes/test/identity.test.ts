import { createSign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import {
  containerOf,
  createObject,
  deleteObject,
  getPod,
  type KubernetesClient,
  patchObject,
  type Pod,
  requestToken,
  resourcePath,
  reviewToken,
  variableOf,
} from "../src/index.js";
import { calm, newNamespace, openClient } from "./support.js";

await describeOnKubernetes("who a token is, by a real API server", ({ kubeconfig, accountsKey }) => {
  const setUp = async (): Promise<{ client: KubernetesClient; namespace: string; pod: Pod }> => {
    const client = openClient(kubeconfig);
    const { namespace = "" } = await newNamespace(client);
    for (const name of ["web", "other"]) {
      const accounts = { version: "v1", plural: "serviceaccounts", namespace };
      await createObject(
        client,
        accounts,
        { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } },
        calm(),
      );
    }
    await createObject(client, podsOf(namespace), POD, calm());
    return { client, namespace, pod: await getPod(client, { namespace, name: "web-1" }, calm()) };
  };
  const tokenOf = async (client: KubernetesClient, { namespace, name, uid }: Pod): Promise<string> => {
    const boundPod = { name, uid };
    const asked = { namespace, serviceAccount: "web", audience: "sluice/web", boundPod };
    return (await requestToken(client, asked, calm())).token.text();
  };

  it("is a pod, for the audience that was asked for", async () => {
    const { client, namespace, pod } = await setUp();
    const token = await tokenOf(client, pod);
    expect(await reviewToken(client, { token, audiences: ["sluice/web"] }, calm())).toEqual({
      authenticated: true,
      username: `system:serviceaccount:${namespace}:web`,
      groups: expect.arrayContaining([`system:serviceaccounts:${namespace}`]),
      audiences: ["sluice/web"],
      serviceAccount: { namespace, name: "web", uid: expect.any(String) },
      pod: { name: "web-1", uid: pod.uid },
    });
    const several = await reviewToken(client, { token, audiences: ["a", "sluice/web"] }, calm());
    expect(several).toMatchObject({ authenticated: true, audiences: ["sluice/web"] });
  });

  it.each(["sluice/sidecar", "sluice/we", "https://kubernetes.default.svc"])(
    "is nobody for the audience %s",
    async (audience) => {
      const { client, pod } = await setUp();
      const token = await tokenOf(client, pod);
      const review = await reviewToken(client, { token, audiences: [audience] }, calm());
      expect(review).toEqual({
        authenticated: false,
        reason: "not-authenticated",
        problem: expect.stringContaining(audience),
      });
      expect(JSON.stringify(review)).not.toContain(token);
    },
  );

  it("is nobody when its pod was deleted, though another of its name is there", async () => {
    const { client, namespace, pod } = await setUp();
    const token = await tokenOf(client, pod);
    await deleteObject(client, podsOf(namespace), pod.name, calm(), { uid: pod.uid });
    await waitUntil("the pod is gone", async () => {
      const { body } = await client.call({ path: resourcePath(podsOf(namespace)) }, calm());
      return (body as { items: unknown[] }).items.length === 0;
    });
    await createObject(client, podsOf(namespace), POD, calm());
    const review = await reviewToken(client, { token, audiences: ["sluice/web"] }, calm());
    expect(review).toMatchObject({ authenticated: false, reason: "not-authenticated" });
  });

  it("is nobody when it has expired, or somebody else signed it", async () => {
    const { client, pod } = await setUp();
    const token = await tokenOf(client, pod);
    const hour = 3600;
    const now = Math.floor(Date.now() / 1000);
    const times = (exp: number): object => ({ exp, iat: exp - hour, nbf: exp - hour });
    const review = async (token: string): Promise<object> =>
      reviewToken(client, { token, audiences: ["sluice/web"] }, calm());
    expect(await review(resign(token, times(now + hour), accountsKey))).toMatchObject({
      authenticated: true,
    });
    expect(await review(resign(token, times(now - hour), accountsKey))).toMatchObject({
      authenticated: false,
    });
    const [head, payload] = token.split(".");
    for (const wrong of [`${head}.${payload}.AAAA`, "CANARY", ""])
      expect(await review(wrong)).toMatchObject({ authenticated: false });
  });

  it("is a user of another kind without a service account", async () => {
    const { client, namespace } = await setUp();
    const asked = { namespace, serviceAccount: "web", audience: "a" };
    const { token, expiresAt } = await requestToken(client, { ...asked, expirationSeconds: 3600 }, calm());
    expect(expiresAt - Date.now()).toBeGreaterThan(3500_000);
    expect(await reviewToken(client, { token: token.text(), audiences: ["a"] }, calm())).not.toHaveProperty(
      "pod",
    );
    expect(JSON.stringify({ token })).toBe('{"token":"[secret]"}');
  });

  it("is not told to somebody who may not ask", async () => {
    const { namespace } = await setUp();
    const limited = openClient(kubeconfig, "limited");
    await expect(reviewToken(limited, { token: "CANARY", audiences: ["a"] }, calm())).rejects.toMatchObject({
      status: 403,
      message: expect.not.stringContaining("CANARY"),
    });
    const asked = { namespace, serviceAccount: "web", audience: "a" };
    await expect(requestToken(limited, asked, calm())).rejects.toMatchObject({ status: 403 });
  });

  it("is not given for a pod that is not there, is another one, or runs as somebody else", async () => {
    const { client, namespace, pod } = await setUp();
    const asked = { namespace, serviceAccount: "web", audience: "a" };
    const ask = async (over: object): Promise<unknown> => requestToken(client, { ...asked, ...over }, calm());
    await expect(ask({ boundPod: { name: "none", uid: pod.uid } })).rejects.toMatchObject({ status: 404 });
    await expect(ask({ boundPod: { name: pod.name, uid: "1" } })).rejects.toMatchObject({ status: 409 });
    await expect(ask({ serviceAccount: "other", boundPod: pod })).rejects.toMatchObject({ status: 400 });
    await expect(ask({ serviceAccount: "none" })).rejects.toMatchObject({ status: 404 });
  });

  describe("a pod", () => {
    it("has its containers of all kinds, with what their environment says", async () => {
      const { pod } = await setUp();
      expect(pod).toMatchObject({
        name: "web-1",
        serviceAccountName: "web",
        phase: "Pending",
        annotations: { a: "b" },
      });
      expect(pod).not.toHaveProperty("deletionTime");
      expect(pod.containers).toEqual([
        {
          name: "web",
          kind: "container",
          env: [
            { name: "A", value: "first" },
            { name: "A", value: "$(B)" },
            { name: "B", value: "" },
            { name: "FROM" },
          ],
        },
        { name: "prepare", kind: "init", env: [] },
      ]);
      const web = containerOf(pod, "web");
      expect(["A", "B", "FROM", "NONE"].map((name) => web && variableOf(web, name))).toEqual([
        "$(B)",
        "",
        undefined,
        undefined,
      ]);
      expect(containerOf(pod, "none")).toBeUndefined();
    });

    it("tells what the kubelet reported of each", async () => {
      const { client, namespace } = await setUp();
      const path = resourcePath(podsOf(namespace), "web-1", "status");
      const status = {
        containerStatuses: [
          {
            ...REPORTED,
            name: "web",
            containerID: "containerd://1",
            restartCount: 2,
            state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
          },
        ],
        initContainerStatuses: [
          {
            ...REPORTED,
            name: "prepare",
            restartCount: 0,
            state: { terminated: { exitCode: 3, finishedAt: "2026-01-01T00:00:01Z" } },
          },
        ],
      };
      const contentType = "application/merge-patch+json";
      await client.call({ method: "PATCH", path, contentType, body: { status } }, calm());
      const pod = await getPod(client, { namespace, name: "web-1" }, calm());
      expect(containerOf(pod, "web")?.status).toEqual({
        state: { kind: "running", startedAt: Date.parse("2026-01-01T00:00:00Z") },
        containerId: "containerd://1",
        restartCount: 2,
      });
      expect(containerOf(pod, "prepare")?.status).toEqual({
        state: { kind: "terminated", exitCode: 3, finishedAt: Date.parse("2026-01-01T00:00:01Z") },
        restartCount: 0,
      });
    });

    it("has the time it will be gone, once it is being deleted", async () => {
      const { client, namespace } = await setUp();
      // Scheduled: who deletes it waits for a kubelet.
      const target = { apiVersion: "v1", kind: "Node", name: "n" };
      const path = resourcePath(podsOf(namespace), "web-1", "binding");
      await client.call({ method: "POST", path, body: { metadata: { name: "web-1" }, target } }, calm());
      const before = Date.now();
      await deleteObject(client, podsOf(namespace), "web-1", calm());
      const {
        deletionTime = 0,
        deletionGracePeriodSeconds,
        nodeName,
      } = await getPod(client, { namespace, name: "web-1" }, calm());
      expect([deletionGracePeriodSeconds, nodeName]).toEqual([30, "n"]);
      expect(deletionTime - before).toBeGreaterThan(28_000);
    });

    it("is not there, or not ours to read", async () => {
      const { namespace } = await setUp();
      const [admin, limited] = [openClient(kubeconfig), openClient(kubeconfig, "limited")];
      await expect(getPod(admin, { namespace, name: "none" }, calm())).rejects.toMatchObject({ status: 404 });
      await expect(getPod(limited, { namespace, name: "web-1" }, calm())).rejects.toMatchObject({
        status: 403,
      });
    });
  });

  it("patches only the state it is told to", async () => {
    const { client, namespace } = await setUp();
    const pods = podsOf(namespace);
    const patch = { metadata: { resourceVersion: "1", labels: { a: "b" } } };
    await expect(patchObject(client, pods, "web-1", patch, calm())).rejects.toMatchObject({ status: 409 });
    const other = deleteObject(client, pods, "web-1", calm(), { uid: "1" });
    await expect(other).rejects.toMatchObject({ status: 409 });
    expect(await deleteObject(client, pods, "none", calm())).toBe(false);
  });
});

function podsOf(namespace: string): { version: string; plural: string; namespace: string } {
  return { version: "v1", plural: "pods", namespace };
}

const REPORTED = { image: "i", imageID: "i", ready: false };

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web-1", annotations: { a: "b" } },
  spec: {
    serviceAccountName: "web",
    automountServiceAccountToken: false,
    initContainers: [{ name: "prepare", image: "i" }],
    containers: [
      {
        name: "web",
        image: "i",
        env: [
          { name: "A", value: "first" },
          { name: "A", value: "$(B)" },
          { name: "B" },
          { name: "FROM", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
      },
    ],
  },
};

/** A token with other claims, signed as the API server would. */
function resign(token: string, claims: object, key: string): string {
  const [head = "", payload = ""] = token.split(".");
  const before = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  const signed = `${head}.${Buffer.from(JSON.stringify({ ...before, ...claims })).toString("base64url")}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}
