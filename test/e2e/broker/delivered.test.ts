import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { readDeliveredVersions } from "@sluice/broker";
import { createObject, type OwnerReference, type Pod } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAws } from "../../servers/aws.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { calm } from "./broker-access.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { createPod } from "./test-pods.js";

const AWS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "CANARY-9f31", AWS_REGION: "eu-central-1" };

await describeOnKubernetes("delivered versions", (cluster) => {
  let world: BrokerWorld;
  let aws: Extract<Awaited<ReturnType<typeof startAws>>, { kind: "running" }>;
  let parameters: SSMClient;
  beforeAll(async () => {
    const started = await startAws();
    if (started.kind === "unavailable") throw new Error(started.reason);
    aws = started;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    parameters = new SSMClient({ endpoint: aws.address, region: "eu-central-1", credentials });
    world = await BrokerWorld.open(cluster);
    await world.write("secrets.json", JSON.stringify({ app: { key: world.secret("file") } }));
  });
  afterAll(async () => {
    parameters.destroy();
    await aws.stop();
    await world.close();
  });

  async function start(): Promise<StartedBroker> {
    const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
    const options = { region: "eu-central-1", endpoint: aws.address };
    const stores = {
      files: { provider: "file", options: { path: "secrets.json" }, access },
      params: { provider: "ssm", options, access },
    };
    return world.start({ stores, environment: AWS });
  }

  async function parameter(name: string, value: string): Promise<void> {
    await parameters.send(
      new PutParameterCommand({ Name: name, Value: value, Type: "SecureString", Overwrite: true }),
    );
  }

  let pods = 0;
  async function newPod(content: Omit<Parameters<typeof createPod>[1], "name">): Promise<Pod> {
    pods += 1;
    return createPod(world.admin, { ...content, name: `pod-${pods}` });
  }

  it("are kept for the workload, by every replica, and outlive them", async () => {
    const namespace = await world.newNamespace();
    const deployment = await workload(namespace, "apps/v1", "Deployment", "deployments", "shop");
    const replicaSet = await workload(
      namespace,
      "apps/v1",
      "ReplicaSet",
      "replicasets",
      "shop-1",
      deployment,
    );
    const one = { V: "secret://params/versions" };
    const containers = { web: one, worker: { ...one, KEY: "secret://files/app/key" } };
    const pod = await newPod({ namespace, containers, owner: replicaSet });
    await parameter("/versions", world.secret("v1"));
    const [broker, second] = [await start(), await start()];
    await world.ask(broker, pod, "web");
    await world.ask(second, pod, "worker");
    const read = async () =>
      readDeliveredVersions(world.admin, namespace, deployment, AbortSignal.timeout(10_000));
    await waitUntil("both replicas have written", async () => (await read()).length === 3, {
      timeoutMs: 20_000,
    });

    // A rotation; a replica whose cache is empty delivers the new version, and stops at once.
    await second.stop();
    await parameter("/versions", world.secret("v2"));
    const third = await start();
    await world.ask(third, await newPod({ namespace, containers, owner: replicaSet }), "web");
    await third.stop();
    const records = await read();
    expect(
      records
        .map(({ container, reference, version }) => [container, reference, version])
        .sort((one, other) => one.join().localeCompare(other.join())),
    ).toEqual([
      ["web", "secret://params/versions", "1"],
      ["web", "secret://params/versions", "2"],
      ["worker", "secret://files/app/key", expect.any(String)],
      ["worker", "secret://params/versions", "1"],
    ]);
    for (const { at } of records) expect(Math.abs(Date.now() - at)).toBeLessThan(120_000);

    const { body } = await world.admin.call({ path: `/api/v1/namespaces/${namespace}/configmaps` }, calm());
    world.told.push(JSON.stringify(body));
    const { items } = body as { items: { metadata: { name: string; ownerReferences?: unknown[] } }[] };
    const kept = items.filter(({ metadata: { name } }) => name.startsWith("sluice-delivered-"));
    expect(kept).toHaveLength(1);
    await broker.stop();
    expect(kept[0]?.metadata.ownerReferences).toEqual([{ ...deployment, controller: undefined }]);
  });

  async function workload(
    namespace: string,
    apiVersion: string,
    kind: string,
    plural: string,
    name: string,
    owner?: OwnerReference,
  ): Promise<OwnerReference> {
    const [group = "", version = ""] = apiVersion.split("/");
    const selector = { matchLabels: { app: name } };
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image: "app" }] },
    };
    const metadata = { name, ...(owner !== undefined && { ownerReferences: [owner] }) };
    const manifest = { apiVersion, kind, metadata, spec: { replicas: 0, selector, template } };
    const resource = { group, version, plural, namespace };
    const created = await createObject(world.admin, resource, manifest, calm());
    return { apiVersion, kind, name, uid: created.metadata.uid ?? "", controller: true };
  }

  it("nothing that was written or told holds a value or a token", () => {
    expect(world.leaks()).toEqual([]);
  });
});
