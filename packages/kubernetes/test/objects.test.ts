import { expect, it } from "vitest";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { getObject, type KubernetesClient, listObjects, resourcePath } from "../src/index.js";
import { calm, kubeconfigFor, newNamespace, openClient } from "./support.js";

await describeOnKubernetes("objects of a real API server", (cluster) => {
  const { kubeconfig, address, caCert, adminToken, limitedToken } = cluster;

  const create = async (client: KubernetesClient, namespace = "default", name = "a"): Promise<unknown> => {
    const path = resourcePath({ version: "v1", plural: "secrets", namespace });
    return client.call(
      { method: "POST", path, body: { metadata: { name }, stringData: { k: "CANARY" } } },
      calm(),
    );
  };

  it("reads one, and says with the server's reason why it cannot", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    await create(client, resource.namespace);
    expect(await getObject(client, resource, "a", calm())).toMatchObject({ metadata: { name: "a" } });
    await expect(getObject(client, resource, "b", calm())).rejects.toMatchObject({
      status: 404,
      reason: "NotFound",
    });
    const limited = openClient(kubeconfig, "limited");
    await expect(getObject(limited, resource, "a", calm())).rejects.toMatchObject({
      status: 403,
      reason: "Forbidden",
    });
    const stranger = openClient(await kubeconfigFor(address, "nobody", caCert));
    await expect(getObject(stranger, resource, "a", calm())).rejects.toMatchObject({ status: 401 });
  });

  it("acts with a token as whoever holds it, over connections of its own", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    await create(client, resource.namespace);
    const token = async (): Promise<string> => limitedToken;
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, at) =>
        getObject(client, resource, "a", { ...calm(), ...(at % 2 === 1 && { token }) }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_, at) => (at % 2 === 1 ? "rejected" : "fulfilled")),
    );
  });

  it("reads no more than it is to", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    await create(client, resource.namespace);
    const bounds = { ...calm(), maxBytes: 100 };
    await expect(getObject(client, resource, "a", bounds)).rejects.toMatchObject({ reason: "too-large" });
  });

  it("reuses its connection", async () => {
    const gateway = await startGateway(cluster);
    const sockets = new Set<unknown>();
    gateway.intercept = ({ socket }) => sockets.add(socket).size === 0;
    const client = openClient(await kubeconfigFor(gateway.address, adminToken));
    for (let n = 0; n < 5; n++) await client.call({ path: "/version" }, calm());
    expect([sockets.size, gateway.requests.length]).toEqual([1, 5]);
    await gateway.stop();
  });

  it("lists 1,200 in pages, without their values", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    const names = Array.from({ length: 1200 }, (_, n) => `s-${String(n).padStart(4, "0")}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(
        names.slice(at, at + 50).map(async (name) => create(client, resource.namespace, name)),
      );
    }
    const pages = await Array.fromAsync(listObjects(client, { resource, metadataOnly: true }, calm()));
    expect(pages.map(({ objects }) => objects.length)).toEqual([500, 500, 200]);
    expect(pages.map(({ continueToken }) => continueToken !== undefined)).toEqual([true, true, false]);
    const listed = pages.flatMap(({ objects }) => objects);
    expect(listed.map(({ metadata: { name } }) => name).toSorted()).toEqual(names);
    expect(listed.filter((object) => "data" in object)).toEqual([]);
    expect(JSON.stringify(pages)).not.toContain(Buffer.from("CANARY").toString("base64"));
  });
});
