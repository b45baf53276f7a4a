import { expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import {
  createObject,
  deleteObject,
  EventRecorder,
  type EventSubject,
  type EventToRecord,
  type KubernetesClient,
  type KubernetesObject,
  listObjects,
} from "../src/index.js";
import { calm, kubeconfigFor, newNamespace, openClient } from "./support.js";

await describeOnKubernetes("events in a real API server", (cluster) => {
  const clock = { now: Date.now() };
  const setUp = async (): Promise<{
    client: KubernetesClient;
    recorder: EventRecorder;
    regarding: EventSubject;
    events: () => Promise<readonly KubernetesObject[]>;
  }> => {
    const client = openClient(cluster.kubeconfig);
    const { namespace = "" } = await newNamespace(client);
    const head = { apiVersion: "v1", kind: "ConfigMap" };
    const maps = { version: "v1", plural: "configmaps", namespace };
    const { metadata } = await createObject(client, maps, { ...head, metadata: { name: "a" } }, calm());
    return {
      client,
      recorder: new EventRecorder(client, {
        controller: "sluice.dev/test",
        instance: "test-1",
        now: () => clock.now,
      }),
      regarding: { ...head, name: "a", namespace, uid: metadata.uid ?? "" },
      events: async () => {
        const pages = await Array.fromAsync(
          listObjects(client, { resource: { version: "v1", plural: "events", namespace } }, calm()),
        );
        return pages.flatMap(({ objects }) => objects);
      },
    };
  };
  const event = (regarding: EventSubject, note = "It is so"): EventToRecord => ({
    regarding,
    type: "Warning",
    reason: "StoreNotReady",
    action: "Check",
    note,
  });

  it("tell who said what about which object", async () => {
    const { recorder, regarding, events } = await setUp();
    expect(await recorder.record(event(regarding), calm())).toBe("created");
    expect(await events()).toMatchObject([
      {
        type: "Warning",
        reason: "StoreNotReady",
        message: "It is so",
        action: "Check",
        involvedObject: { kind: "ConfigMap", name: "a", uid: regarding.uid },
        reportingComponent: "sluice.dev/test",
        reportingInstance: "test-1",
      },
    ]);
  });

  it("are counted when they repeat, at most once a minute", async () => {
    const { client, recorder, regarding, events } = await setUp();
    const again = async (): Promise<string> => recorder.record(event(regarding), calm());
    expect([await again(), await again(), await again()]).toEqual(["created", "held", "held"]);
    clock.now += 61_000;
    expect([await again(), await again()]).toEqual(["counted", "held"]);
    expect(await events()).toMatchObject([{ series: { count: 4 } }]);
    const [{ metadata } = { metadata: { name: "" } }] = await events();
    const resource = { version: "v1", plural: "events", namespace: regarding.namespace ?? "" };
    await deleteObject(client, resource, metadata.name, calm());
    clock.now += 61_000;
    expect([await again(), await again()]).toEqual(["created", "held"]);
    expect(await events()).toHaveLength(1);
  });

  it("are dropped when there are too many about an object, not about another", async () => {
    const { recorder, regarding, events } = await setUp();
    const outcomes: string[] = [];
    for (let n = 0; n < 15; n++) outcomes.push(await recorder.record(event(regarding, `${n}`), calm()));
    expect(outcomes).toEqual([...Array<string>(10).fill("created"), ...Array<string>(5).fill("dropped")]);
    expect(await recorder.record(event({ ...regarding, name: "b" }), calm())).toBe("created");
    clock.now += 60_000;
    expect(await recorder.record(event(regarding, "later"), calm())).toBe("created");
    expect(await recorder.record(event(regarding, "too soon"), calm())).toBe("dropped");
    expect(await events()).toHaveLength(12);
  });

  it("have a note that fits", async () => {
    const { recorder, regarding, events } = await setUp();
    await recorder.record(event(regarding, `${"a".repeat(1022)}😀`), calm());
    expect(await events()).toMatchObject([{ message: "a".repeat(1022) }]);
  });

  it("that are not taken are told as such, and do not count", async () => {
    const { regarding } = await setUp();
    const gateway = await startGateway(cluster);
    const client = openClient(await kubeconfigFor(gateway.address, cluster.adminToken));
    const recorder = new EventRecorder(client, { controller: "sluice.dev/test", instance: "test-1" });
    gateway.intercept = (_, response) => response.writeHead(503).end() !== undefined;
    await expect(recorder.record(event(regarding), calm())).rejects.toMatchObject({ status: 503 });
    gateway.intercept = () => false;
    expect(await recorder.record(event(regarding), calm())).toBe("created");
    await gateway.stop();
  });
});
