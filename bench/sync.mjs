// Claim: ten thousand SecretSyncs of 500 secrets cost a few listings an interval, and one that is added while all others are
// refreshed is ready at once. One command: pnpm bench:sync [SYNCS [SECRETS]]. `sluice sync` runs as a process of its own, with the
// deployed rights, against a real kube-apiserver and AWS Secrets Manager as moto has it; calls are counted by a proxy before that. What it is
// held against is one GetSecretValue for each resource and interval.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createObject } from "@sluice/kubernetes";
import { SECRET_SYNC_API_VERSION, secretSyncResource } from "@sluice/kubernetes/syncs";
import { startSecretsManager } from "../test/e2e/sync/secrets-manager.ts";
import { startSyncProcess } from "../test/e2e/sync/sync-process.ts";
import { SyncWorld } from "../test/e2e/sync/sync-world.ts";
import { startHttpProxy } from "../test/servers/faults/http-proxy.ts";
import { startKubernetes } from "../test/servers/kubernetes.ts";
import { median } from "./statistics.mjs";

const SYNCS = Number(process.argv[2] ?? 10_000);
const SECRETS = Number(process.argv[3] ?? 500);
const INTERVAL = 60;
const LATE = 5;

const cluster = await startKubernetes();
if (cluster.kind === "unavailable") throw new Error(cluster.reason);
const aws = await startSecretsManager();
const proxy = await startHttpProxy({ address: aws.address });
const world = await SyncWorld.open(cluster);
const note = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** Does something for each of these, some at a time. */
async function eachOf(items, work, atOnce = 16) {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

const numbers = (count) => Array.from({ length: count }, (_, at) => at);
// One after the other: moto does not bear much at once.
const put = async (round) =>
  eachOf(numbers(SECRETS), async (at) => aws.put(`app/${at}`, `value ${at} of ${round}`), 1);
const create = async (namespace, name, at) =>
  createObject(
    world.admin,
    secretSyncResource(namespace),
    {
      apiVersion: SECRET_SYNC_API_VERSION,
      kind: "SecretSync",
      metadata: { name },
      spec: {
        intervalSeconds: INTERVAL,
        data: [{ key: "value", from: `secret://prod/app/${at % SECRETS}` }],
      },
    },
    { signal: AbortSignal.timeout(60_000) },
  );

await put("the first round");
const options = { region: "eu-central-1", endpoint: `http://127.0.0.1:${proxy.port}` };
await world.store("prod", { provider: "secrets-manager", options });
const namespaces = [];
for (const _ of numbers(10)) namespaces.push(await world.newNamespace());
await eachOf(numbers(SYNCS), async (at) => create(namespaces[at % namespaces.length], `s${at}`, at));
note(`${SYNCS} SecretSyncs are there`);

const started = performance.now();
const controller = await startSyncProcess(world);
const synced = async (by = controller) => by.metric('sluice_sync_syncs{reason="Synced"}');
const resident = async (field, of = controller) => {
  const text = await readFile(`/proc/${of.pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) / 1024;
};
while ((await synced()) < SYNCS) await sleep(1_000);
const firstSeconds = (performance.now() - started) / 1000;
const firstCalls = proxy.calls.length;
const firstPeakMiB = await resident("VmHWM");
note(`all are synced after ${firstSeconds.toFixed(0)} s`);

// From the end of one look to the end of another, whatever lies between.
await sleep(INTERVAL * 1_100);
const quiet = [];
const residentMiB = [];
for (const _ of numbers(3)) {
  proxy.forget();
  await sleep(INTERVAL * 1_000);
  quiet.push(proxy.calls.length);
  residentMiB.push(await resident("VmRSS"));
}
note(`quiet: ${quiet.join(", ")} calls`);

proxy.forget();
await put("the second round");
const stormed = performance.now();
while ((await controller.metric("sluice_sync_waiting")) < SYNCS / 4) await sleep(200);
note("the storm has begun");
const late = [];
for (const at of numbers(LATE)) {
  const name = `late${at}`;
  const begun = performance.now();
  await create(namespaces[0], name, at);
  while ((await world.status(namespaces[0], name)).conditions === undefined) await sleep(50);
  late.push((performance.now() - begun) / 1000);
  if ((await controller.metric("sluice_sync_waiting")) === 0) throw new Error("The storm was over before");
}
const writes = () => controller.metric('sluice_sync_outputs_written_total{what="updated"}');
while ((await writes()) < SYNCS) await sleep(1_000);
const stormSeconds = (performance.now() - stormed) / 1000;
const stormCalls = proxy.calls.length;
const peakMiB = await resident("VmHWM");
await controller.kill();

// Another finds everything done, and has to see that it is.
const successor = await startSyncProcess(world);
const takenOver = performance.now();
while ((await synced(successor)) < SYNCS) await sleep(1_000);
const takeOverSeconds = (performance.now() - takenOver) / 1000;
const successorPeakMiB = await resident("VmHWM", successor);
await successor.stop();
await world.close();
await proxy[Symbol.asyncDispose]();
await aws.stop();
await cluster.stop();

const share = (calls) => (100 * calls) / SYNCS;
const percent = (calls) => `${share(calls).toFixed(2)} %`;
const megabytes = (mebibytes) => mebibytes * 1.048576;
const memory = (mebibytes) => `${mebibytes.toFixed(0)} MiB, ${megabytes(mebibytes).toFixed(0)} MB`;
const seconds = (time) => `${time.toFixed(1)} s`;
/** What is held, and what it is held against; without a bar it is only told. */
const rows = [
  [
    "provider calls in a quiet interval, of one GET each",
    percent(median(quiet)),
    share(median(quiet)) <= 5,
    "5 %",
  ],
  ["memory at most (VmHWM)", memory(peakMiB), megabytes(peakMiB) <= 300, "300 MB"],
  [
    "memory at most, of one that takes over",
    memory(successorPeakMiB),
    megabytes(successorPeakMiB) <= 300,
    "300 MB",
  ],
  ["a new one, meanwhile: ready after, at worst", seconds(Math.max(...late)), Math.max(...late) <= 5, "5 s"],
  [`a new one, meanwhile: median of ${LATE}`, seconds(median(late))],
  ["memory in a quiet interval", memory(median(residentMiB))],
  ["memory at most, until all are synced", memory(firstPeakMiB)],
  ["provider calls in a quiet interval", median(quiet)],
  ["provider calls until all are synced", `${firstCalls}, ${percent(firstCalls)}`],
  ["provider calls when every secret changes", `${stormCalls}, ${percent(stormCalls)}`],
  ["until all are synced", `${firstSeconds.toFixed(0)} s`],
  ["until all have the new values", `${stormSeconds.toFixed(0)} s`],
  ["until one that takes over has looked at all", `${takeOverSeconds.toFixed(0)} s`],
];
console.log(`node ${process.version}, ${process.platform} ${process.arch}, all on one machine\n`);
console.log(`| ${SYNCS} SecretSyncs, ${SECRETS} secrets | | bar | |\n| --- | --- | --- | --- |`);
for (const [what, measured, holds, bar = ""] of rows) {
  const verdict = holds === undefined ? "" : holds ? "holds" : "missed";
  console.log(`| ${what} | ${measured} | ${bar} | ${verdict} |`);
}
if (rows.some(([, , holds]) => holds === false)) process.exitCode = 1;
