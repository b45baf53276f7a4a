import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { getPod, type Pod } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAws } from "../../servers/aws.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { calm, installCrds } from "./broker-access.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { createPod, planFor } from "./test-pods.js";
import { applyStore, untilKnown } from "./test-stores.js";

const AWS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "CANARY-9f31", AWS_REGION: "eu-central-1" };

await describeOnKubernetes("a broker answers", (cluster) => {
  let world: BrokerWorld;
  let broker: StartedBroker;
  let aws: Extract<Awaited<ReturnType<typeof startAws>>, { kind: "running" }>;
  let parameters: SSMClient;
  beforeAll(async () => {
    const started = await startAws();
    if (started.kind === "unavailable") throw new Error(started.reason);
    aws = started;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    parameters = new SSMClient({ endpoint: aws.address, region: "eu-central-1", credentials });
    world = await BrokerWorld.open(cluster);
    await installCrds(world.admin);
    await world.write(
      "secrets.json",
      JSON.stringify({ app: { key: world.secret("file"), old: world.secret("old") } }),
    );
    await applyStore(world, "files", { provider: "file", options: { path: "secrets.json" } });
    await applyStore(world, "params", {
      provider: "ssm",
      options: { region: "eu-central-1", endpoint: aws.address },
    });
    broker = await world.start({ environment: AWS });
  });
  afterAll(async () => {
    await broker.stop();
    parameters.destroy();
    await aws.stop();
    await world.close();
  });

  async function parameter(name: string, value: string): Promise<void> {
    await parameters.send(
      new PutParameterCommand({ Name: name, Value: value, Type: "SecureString", Overwrite: true }),
    );
  }

  let pods = 0;
  async function newPod(content: Partial<Parameters<typeof createPod>[1]>): Promise<Pod> {
    pods += 1;
    const namespace = content.namespace ?? (await world.newNamespace());
    return createPod(world.admin, { ...content, namespace, name: `pod-${pods}` });
  }

  it("with what several stores hold, in templates too, and what its own container knows", async () => {
    await parameter("/shop/db", world.secret("db"));
    const pod = await newPod({
      containers: {
        web: {
          KEY: "secret://files/app/key",
          URL: "postgres://app:${secret://params/shop/db}@db/${secret://files/app/old}",
          PLAIN: "as it is",
        },
      },
    });
    const { env } = await world.ask(broker, pod, "web");
    const [file, old, db] = [world.secret("file"), world.secret("old"), world.secret("db")];
    expect(env).toEqual({ KEY: file, URL: `postgres://app:${db}@db/${old}`, PLAIN: "as it is" });
    expect(world.audit().at(-1)).toMatchObject({
      event: "released",
      references: expect.arrayContaining([
        { reference: "secret://params/shop/db", store: "ClusterSecretStore params", version: "1" },
      ]),
    });
  });

  it("an init container, and a container that is added later", async () => {
    const env = { KEY: "secret://files/app/key" };
    const pod = await newPod({ containers: { web: {} }, init: { migrate: env } });
    expect((await world.ask(broker, pod, "migrate")).env).toEqual({ KEY: world.secret("file") });
    const debug = {
      name: "debug",
      image: "app",
      env: [{ name: "SLUICE_PLAN", value: planFor("debug", env) }],
    };
    await world.admin.call(
      {
        method: "PATCH",
        path: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/ephemeralcontainers`,
        contentType: "application/strategic-merge-patch+json",
        body: { spec: { ephemeralContainers: [debug] } },
      },
      calm(),
    );
    const later = await getPod(world.admin, pod, calm());
    expect((await world.ask(broker, later, "debug")).env).toEqual({ KEY: world.secret("file") });
  });

  it("uses a changed store at once, and none that is gone", async () => {
    const namespace = await world.newNamespace();
    await world.write("first.env", `k=${world.secret("first")}\n`);
    await world.write("second.env", `k=${world.secret("second")}\n`);
    await applyStore(world, "moving", { provider: "file", options: { path: "first.env" } });
    await untilKnown(broker, namespace, "moving");
    const pod = await newPod({ namespace, containers: { web: { K: "secret://moving/k" } } });
    expect((await world.ask(broker, pod, "web")).env).toEqual({ K: world.secret("first") });
    await applyStore(world, "moving", { provider: "file", options: { path: "second.env" } });
    await expect
      .poll(async () => (await world.ask(broker, pod, "web")).env, { timeout: 10_000 })
      .toEqual({ K: world.secret("second") });
    await world.admin.call(
      { method: "DELETE", path: "/apis/sluice.dev/v1alpha1/clustersecretstores/moving" },
      calm(),
    );
    await waitUntil(
      "it is gone",
      async () => broker.catalogue.find(namespace, "moving").status === "missing",
    );
    const problem = await world.refused(broker, pod, "web");
    expect([problem.status, problem.detail.reason]).toEqual([422, "unknown-store"]);
  });

  it("nothing that it wrote or told holds a value or a token", async () => {
    await world.metrics(broker.running);
    expect(world.leaks()).toEqual([]);
  });
});
