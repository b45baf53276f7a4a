import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { recordTelemetry, type RecordedTelemetry } from "../../support/recorded-telemetry.js";
import { installCrds } from "../broker/broker-access.js";
import { BrokerWorld, type StartedBroker } from "../broker/broker-world.js";
import { createPod } from "../broker/test-pods.js";
import { applyStore } from "../broker/test-stores.js";

await describeOnKubernetes("telemetry of a broker", (cluster) => {
  let recorded: RecordedTelemetry;
  beforeAll(() => (recorded = recordTelemetry()));
  beforeEach(() => recorded.reset());
  afterAll(async () => recorded.stop());

  function parentOf(name: string): string | undefined {
    const { parentSpanContext } = recorded.span(name);
    return recorded.spans().find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name;
  }

  let world: BrokerWorld;
  let broker: StartedBroker;
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    await installCrds(world.admin);
    await world.write("secrets.json", JSON.stringify({ app: { key: world.secret("telemetry") } }));
    await applyStore(world, "files", { provider: "file", options: { path: "secrets.json" } });
    broker = await world.start();
  });
  afterAll(async () => {
    await broker.stop();
    await world.close();
  });

  it("a broker's answer has what was asked of the cluster and of stores within", async () => {
    const namespace = await world.newNamespace();
    const pod = await createPod(world.admin, {
      namespace,
      name: "told",
      containers: { web: { KEY: "secret://files/app/key" } },
    });
    await world.ask(broker, pod, "web");
    const answer = recorded.span("sluice.broker.answer");
    expect(answer.attributes).toEqual({
      "k8s.container.name": "web",
      "k8s.namespace.name": namespace,
      "k8s.pod.name": "told",
      "k8s.pod.uid": pod.uid,
      "sluice.broker.outcome": "released",
      "sluice.references": 1,
    });
    expect(answer.instrumentationScope.name).toBe("@sluice/broker");
    expect(answer.parentSpanContext).toBeUndefined();
    const children = ["sluice.broker.review_token", "sluice.broker.read_pod", "sluice.resolve"];
    expect(children.map(parentOf)).toEqual(children.map(() => "sluice.broker.answer"));
    expect(parentOf("sluice.provider.resolve")).toBe("sluice.resolve");
    expect(recorded.span("sluice.broker.read_pod").attributes).toEqual({
      "k8s.namespace.name": namespace,
      "k8s.pod.name": "told",
    });
  });

  it("a broker's refusal says why, and nothing holds a value or a token", async () => {
    const namespace = await world.newNamespace();
    const pod = await createPod(world.admin, {
      namespace,
      name: "refused",
      containers: { web: { KEY: "secret://nowhere/app/key" } },
    });
    const { detail } = await world.refused(broker, pod, "web");
    const answer = recorded.span("sluice.broker.answer");
    expect(answer.attributes).toMatchObject({
      "sluice.broker.outcome": "refused",
      "error.type": detail.reason,
    });
    expect(answer.status.code).toBe(2);
    const labels = (await recorded.durations())
      .filter(({ name }) => name === "sluice.broker.answer.duration")
      .map((each) => each.labels);
    expect(labels).toEqual(
      expect.arrayContaining([
        { "sluice.broker.outcome": "released" },
        { "sluice.broker.outcome": "refused", "error.type": detail.reason },
      ]),
    );
    const everything = await recorded.everything();
    expect(Array.from(world.toxic).filter((secret) => everything.includes(secret))).toEqual([]);
  });
});
