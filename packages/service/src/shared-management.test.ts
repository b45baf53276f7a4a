import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { afterEach, expect, it } from "vitest";
import { openManagement } from "./open-management.js";
import { createSharedManagement, type SharedManagement } from "./shared-management.js";

let shared: SharedManagement | undefined;
afterEach(async () => shared?.[Symbol.asyncDispose]());

const ANYWHERE = { host: "127.0.0.1", port: 0 };

/** A registry with a counter of its own, and others of names that everybody has. */
function registryOf(own: string, count: number): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: `${own}_requests_total`, help: "Own", registers }).inc(count);
  new Counter({ name: "lookups_total", help: "Of each", labelNames: ["kind"], registers }).inc(
    { kind: "pod" },
    count,
  );
  new Gauge({
    name: "started_seconds",
    help: "Left out by whoever sums up",
    aggregator: "omit",
    registers,
  }).set(count);
  new Histogram({ name: "took_seconds", help: "Times", buckets: [1], registers }).observe(0.5);
  return registry;
}

async function get(address: string, path: string): Promise<readonly [number, string]> {
  const answer = await fetch(`http://${address}${path}`);
  return [answer.status, await answer.text()];
}

it("is ready when all are that it was made for, and says who is not", async () => {
  shared = await createSharedManagement(ANYWHERE, ["webhook", "broker"]);
  const { address } = shared;
  expect(await get(address, "/healthz")).toEqual([200, "ok\n"]);
  expect(await get(address, "/readyz")).toEqual([
    503,
    "webhook: It does not serve\nbroker: It does not serve\n",
  ]);
  let problem: string | undefined = "Not yet";
  const webhook = { registry: registryOf("webhook", 1), notReady: () => undefined };
  const served = await openManagement(shared.shareOf("webhook"), webhook);
  expect(served.address).toBe(address);
  const broker = { registry: registryOf("broker", 2), notReady: () => problem };
  await using _broker = await openManagement(shared.shareOf("broker"), broker);
  expect(await get(address, "/readyz")).toEqual([503, "broker: Not yet\n"]);
  problem = undefined;
  expect(await get(address, "/readyz")).toEqual([200, "ok\n"]);
  await served[Symbol.asyncDispose]();
  expect(await get(address, "/readyz")).toEqual([503, "webhook: It does not serve\n"]);
});

it("tells the metrics of all, each under its label, and each name once", async () => {
  shared = await createSharedManagement(ANYWHERE, ["webhook", "broker"]);
  const notReady = (): undefined => undefined;
  shared.shareOf("webhook").join({ registry: registryOf("webhook", 3), notReady });
  shared.shareOf("broker").join({ registry: registryOf("broker", 4), notReady });
  const [status, text] = await get(shared.address, "/metrics");
  expect(status).toBe(200);
  const lines = text.split("\n");
  for (const line of [
    'webhook_requests_total{mode="webhook"} 3',
    'broker_requests_total{mode="broker"} 4',
    'lookups_total{mode="webhook",kind="pod"} 3',
    'lookups_total{mode="broker",kind="pod"} 4',
    'started_seconds{mode="webhook"} 3',
    'started_seconds{mode="broker"} 4',
    'took_seconds_count{mode="broker"} 1',
  ])
    expect(lines).toContain(line);
  expect(text).toMatch(/took_seconds_bucket\{[^}]*mode="webhook"[^}]*\} 1/);
  expect(lines.filter((line) => line.startsWith("# TYPE lookups_total "))).toHaveLength(1);
});

it("says where nobody can listen", async () => {
  shared = await createSharedManagement(ANYWHERE, []);
  const port = Number(shared.address.split(":")[1]);
  await expect(createSharedManagement({ host: "127.0.0.1", port }, [])).rejects.toMatchObject({
    code: "SLU1103",
  });
});
