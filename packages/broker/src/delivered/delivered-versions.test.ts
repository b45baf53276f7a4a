import { createEventBus } from "@sluice/core";
import type { KubernetesClient } from "@sluice/kubernetes";
import { expect, it, vi } from "vitest";
import { POD, WORKLOAD } from "../rules/rules.test-support.js";
import { DeliveredVersions } from "./delivered-versions.js";

/** A cluster in which every write waits until it is let go, or given up. */
function held() {
  const writes: { readonly body: unknown; readonly answer: () => void }[] = [];
  const call = async ({ body }: { body?: unknown }, { signal }: { signal: AbortSignal }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
      const metadata = { name: "n", resourceVersion: "1" };
      writes.push({ body, answer: () => resolve({ body: { metadata, data: {} } }) });
    });
  const events = createEventBus();
  const told = vi.fn<(event: unknown) => void>();
  events.on("delivered-versions-written", told);
  const client = { call } as unknown as KubernetesClient;
  return { writes, told, versions: new DeliveredVersions(client, events, { everyMs: 1, lastMs: 50 }) };
}

const given = (version: string) => [
  { reference: "secret://prod/a", store: "ClusterSecretStore prod", version },
];
const pause = async (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));

it("what comes while a write is under way is written together, after it", async () => {
  const { writes, versions, told } = held();
  versions.record(POD, WORKLOAD, given("1"));
  await vi.waitFor(() => expect(writes).toHaveLength(1));
  for (const version of ["2", "3", "4"]) {
    versions.record(POD, WORKLOAD, given(version));
    await pause();
  }
  expect(writes).toHaveLength(1);
  writes[0]?.answer();
  await vi.waitFor(() => expect(writes).toHaveLength(2));
  expect(JSON.stringify(writes[1]?.body).match(/secret:/g)).toHaveLength(3);
  writes[1]?.answer();
  await vi.waitFor(() => expect(told).toHaveBeenLastCalledWith(expect.objectContaining({ entries: 3 })));
  await versions[Symbol.asyncDispose]();
  expect(writes).toHaveLength(2);
});

it("ends soon, however many workloads wait, though the cluster gives no answer", async () => {
  const { writes, versions, told } = held();
  for (let number = 0; number < 50; number += 1)
    versions.record({ ...POD, uid: `pod-${number}` }, WORKLOAD, given("1"));
  const began = performance.now();
  await versions[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(writes.length).toBeLessThan(50);
  expect(told).toHaveBeenCalledWith(expect.objectContaining({ failure: expect.any(String) }));
});
