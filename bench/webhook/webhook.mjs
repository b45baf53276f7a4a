// Claim: one core admits at least 3,000 pods with a secret in a second; at 500 in a second 99 of 100 take at most
// 5 ms; and 100,000 of them leave no memory behind. One command: pnpm bench:webhook [PODS [ROUNDS]]
// Each server has core 0 where taskset is there; what asks has the others. Kept-alive connections over TLS 1.3. The peer
// is Node's own HTTPS server with a ready answer (server.mjs): what it takes is the machine's and the asker's, and what
// the webhook takes beyond is its own. How late requests were sent, and how long a server was ready to run and did not,
// is in the table: with more than a few per cent the machine was too busy for the times to mean anything.
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { median, quantile } from "../statistics.mjs";

const CONNECTIONS = 16;
const TOTAL = Number(process.argv[2] ?? 100_000);
const ROUNDS = Number(process.argv[3] ?? 5);
const RATE = 500;
const SECONDS = 6;
const review = Buffer.from(
  JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
      operation: "CREATE",
      namespace: "shop",
      resource: { group: "", version: "v1", resource: "pods" },
      object: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { generateName: "web-", labels: { app: "web" }, namespace: "shop" },
        spec: {
          serviceAccountName: "default",
          volumes: [{ name: "kube-api-access-x", projected: { sources: [], defaultMode: 420 } }],
          containers: [
            {
              name: "web",
              image: "shop/web:1",
              command: ["/web"],
              env: [
                { name: "STAGE", value: "prod" },
                { name: "DB_PASSWORD", value: "secret://prod/db#password" },
              ],
              resources: { limits: { memory: "128Mi" } },
              volumeMounts: [{ name: "kube-api-access-x", mountPath: "/var/run/secrets/k", readOnly: true }],
              terminationMessagePath: "/dev/termination-log",
              imagePullPolicy: "IfNotPresent",
            },
          ],
        },
      },
    },
  }),
);

async function start(kind, env = {}) {
  const child = fork(fileURLToPath(new URL("server.mjs", import.meta.url)), [kind], {
    execArgv: ["--expose-gc"],
    env: { ...process.env, ...env },
  });
  const [{ address, ca }] = await once(child, "message");
  const pinned = spawnSync("taskset", ["-acp", "0", String(child.pid)]).status === 0;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca, rejectUnauthorized: true });
  return {
    pinned,
    /** One admission: its answer, how late it was sent, and how long it took from then, in milliseconds. */
    admit: async (due = performance.now()) => {
      const asked = request(`https://${address}/mutate?timeout=10s`, {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": review.byteLength },
      });
      const sent = performance.now();
      asked.end(review);
      const [answer] = await once(asked, "response");
      const chunks = await answer.toArray();
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
      return { late: sent - due, took: performance.now() - sent, chunks };
    },
    look: async (how = "look") => {
      child.send(how);
      const [seen] = await once(child, "message");
      return seen;
    },
    stop: async () => {
      child.send("stop");
      await once(child, "exit");
      agent.destroy();
    },
  };
}

/** As many as that, each connection as fast as it can; how many in a second, and what one cost. */
async function many(server, count) {
  const before = await server.look();
  let left = count;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await server.admit();
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const { cpuMs } = await server.look();
  return { perSecond: count / seconds, cpu: (cpuMs - before.cpuMs) / count };
}

/** So many a second, each when it is due, whatever became of the one before. */
async function steady(server) {
  const before = await server.look();
  const began = performance.now();
  const pending = [];
  for (let index = 0; index < RATE * SECONDS; index += 1) {
    const due = began + (index * 1000) / RATE;
    if (due > performance.now()) await sleep(due - performance.now());
    pending.push(server.admit(due));
  }
  const all = await Promise.all(pending);
  const { ms, waitedMs } = await server.look();
  const took = all.map((one) => one.took);
  return {
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    late: quantile(
      all.map(({ late }) => late),
      0.99,
    ),
    inside: ms.length > 0 ? quantile(ms, 0.99) : NaN,
    waited: ((waitedMs - before.waitedMs) / (SECONDS * 1000)) * 100,
  };
}

const webhook = await start("webhook");
const { chunks } = await webhook.admit();
const bare = await start("bare", { ANSWER: Buffer.concat(chunks).toString() });
if (webhook.pinned) spawnSync("taskset", ["-acp", "1-1023", String(process.pid)]);
const servers = { bare, webhook };
const rounds = { bare: [], webhook: [] };
// Until both are compiled as they will be.
const WARM = Math.min(10_000, TOTAL / 10);
for (const server of Object.values(servers)) await many(server, WARM);
const early = await webhook.look("collect");
for (let round = 0; round < ROUNDS; round += 1)
  for (const [kind, server] of Object.entries(servers))
    rounds[kind].push({ ...(await steady(server)), ...(await many(server, 5_000)) });
const whole = await many(webhook, TOTAL);
const late = await webhook.look("collect");
for (const server of Object.values(servers)) await server.stop();

const of = (kind, name) => median(rounds[kind].map((round) => round[name]));
const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const ratio = (name) => `${(of("webhook", name) / of("bare", name)).toFixed(2)} x`;
const row = (title, name, unit, digits, wanted = "") =>
  `| ${title} | ${of("bare", name).toFixed(digits)}${unit} | ${of("webhook", name).toFixed(digits)}${unit} | ${ratio(name)} | ${wanted} |`;
console.log(
  `node ${process.version}, ${process.platform} ${process.arch}, each server on ${webhook.pinned ? "one core" : "any core"}, medians of ${ROUNDS} rounds\n`,
);
console.log(
  "| pods with one secret | bare HTTPS server | webhook | ratio | wanted |\n| --- | --- | --- | --- | --- |",
);
console.log(row(`admissions a second, ${CONNECTIONS} connections`, "perSecond", "", 0, "3000"));
console.log(row("CPU for one", "cpu", " ms", 3));
console.log(row(`at ${RATE} a second: half within`, "p50", " ms", 2));
console.log(row(`at ${RATE} a second: 99 of 100 within`, "p99", " ms", 2, "5 ms"));
console.log(`| … of that inside the webhook | | ${of("webhook", "inside").toFixed(2)} ms | | |`);
console.log(row("… sent so late, 99 of 100", "late", " ms", 2));
console.log(row("… the server waited for its core", "waited", " %", 1));
console.log(`| admissions a second, ${TOTAL} of them | | ${whole.perSecond.toFixed(0)} | | 3000 |`);
console.log(`| memory after ${WARM} | | ${mib(early.rss)} | | |`);
console.log(`| memory after all | | ${mib(late.rss)} | ${(late.rss / early.rss).toFixed(2)} x | 1.1 x |`);
