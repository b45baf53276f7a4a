// Claim: a thousand pods cost a provider what one does, and one core answers 200 starts a second. One command:
// pnpm bench:broker [ROUNDS [PER-SECOND]]. The broker is `sluice broker` on one processor; on the others are a kube-apiserver,
// which reviews the tokens and reads the pods, OpenBao, and a client that does what launchers do: one TLS connection and
// one request for each start, tried again after what 4.2 says. Every pod is its own, with a token of its own. How much of
// the time the broker was ready to run and its processor was somebody else's is in the table: with more than a few per
// cent the machine was too busy for the times to mean anything.
import { spawn } from "node:child_process";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { SERVER_NAME } from "../test/e2e/broker/broker-world.ts";
import { createDeployment } from "./broker/create-deployment.mjs";
import { openBroker, REFERENCES } from "./broker/open-broker.mjs";
import { boundOf, readMetrics } from "./broker/read-metrics.mjs";
import { buildGo } from "./build-go.mjs";
import { median, quantile } from "./statistics.mjs";

const ROUNDS = Number(process.argv[2] ?? 3);
const PODS = 1_000;
const PER_SECOND = Number(process.argv[3] ?? 200);

const program = buildGo("load");
// The servers around it should leave it the machine: they collect garbage less often.
process.env.GOGC = "400";
// As many as that come from one namespace here; the limits that keep namespaces apart are not what is measured.
const bench = await openBroker({
  wrapper: ["taskset", "-c", "0"],
  args: ["--rate", "1000", "--burst", "10000"],
});

/** Starts containers; gives how long each took, and what it cost the broker and the provider. */
async function load(broker, starts, perSecond) {
  const before = await readMetrics(broker);
  bench.calls();
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const task = {
    url: `https://127.0.0.1:${broker.port}`,
    serverName: SERVER_NAME,
    roots: bench.world.authority.ca,
  };
  child.stdin.end(JSON.stringify({ ...task, starts, perSecond }));
  const { outcomes, seconds } = await json(child.stdout);
  const failed = outcomes.filter(({ error }) => error !== undefined);
  if (failed.length > 0) throw new Error(`${failed.length} starts failed, such as: ${failed[0].error}`);
  const after = await readMetrics(broker);
  const cpu = after.cpuSeconds - before.cpuSeconds;
  return {
    seconds,
    calls: bench.calls(),
    tries: outcomes.reduce((sum, { tries }) => sum + tries, 0),
    p50: quantile(
      outcomes.map(({ whole }) => whole),
      0.5,
    ),
    p99: quantile(
      outcomes.map(({ whole }) => whole),
      0.99,
    ),
    serverP99: boundOf(before, after, 0.99),
    core: cpu / seconds,
    waited: (after.waitedSeconds - before.waitedSeconds) / seconds,
    cpuMs: (cpu * 1000) / outcomes.length,
    residentMiB: after.residentMiB,
  };
}

const rounds = { one: [], burst: [], steady: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  const starts = await createDeployment(bench.world, await bench.world.newNamespace(), PODS, REFERENCES);
  const alone = await bench.start();
  rounds.one.push(await load(alone, starts.slice(0, 1), 0));
  await alone.stop();
  const broker = await bench.start();
  rounds.burst.push(await load(broker, starts, 0));
  // The same containers twice more, as after restarts, once what is written behind the burst is.
  await sleep(5_000);
  rounds.steady.push(await load(broker, [...starts, ...starts], PER_SECOND));
  await broker.stop();
}
await bench.close();

const of = (kind, name) => median(rounds[kind].map((result) => result[name]));
const number = (value, digits = 0) => value.toFixed(digits);
const row = (title, kind) =>
  `| ${title} | ${number(of(kind, "calls"))} | ${number(of(kind, "calls") / of("one", "calls"), 1)} x | ${number(of(kind, "seconds"), 2)} s | ` +
  `${number(of(kind, "tries"))} | ${number(of(kind, "p50"))} / ${number(of(kind, "p99"))} ms | ≤ ${number(of(kind, "serverP99"))} ms | ` +
  `${number(of(kind, "core") * 100)} % | ${number(of(kind, "waited") * 100)} % | ${number(of(kind, "cpuMs"), 1)} ms | ${number(of(kind, "residentMiB"))} MiB |`;
console.log(
  `node ${process.version}, ${process.platform} ${process.arch}, broker on one core, medians of ${ROUNDS} rounds\n`,
);
console.log(
  "| starts, 20 secrets each | provider calls | against one pod | time | tries | p50 / p99 of a start | p99 in the broker | of its core | waited for it | CPU a start | memory |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
console.log(row("one pod, cold", "one"));
console.log(row(`${PODS} pods at once, cold`, "burst"));
console.log(row(`${PER_SECOND} a second for ${(2 * PODS) / PER_SECOND} s, warm`, "steady"));
