// Two servers, each a process of its own: `webhook` is the webhook as it is deployed, without a cluster, since a pod with
// one secret asks for nothing to be looked up; `bare` is Node's own HTTPS server, which reads a review and answers one
// that the webhook gave, and does nothing else.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { akv2k8s, atarraya, secretsInit, sluice } from "@sluice/dialects";
import { createLog } from "@sluice/service";
import {
  createAdmission,
  execWrap,
  filesAtStart,
  issueLeaf,
  issueRoot,
  launcherDelivery,
  serveWebhook,
  tokenVolumes,
  WebhookMetrics,
} from "@sluice/webhook";

const DAY = 86_400_000;
const now = Date.now();
const root = await issueRoot("bench", DAY, now);
const leaf = await issueLeaf(root, { names: [], addresses: ["127.0.0.1"], lifetimeMs: DAY, now });
const admission = createAdmission({
  dialects: [sluice(), atarraya(), akv2k8s(), secretsInit()],
  strategies: [launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()],
  lookups: { isHidden: () => false, namespaceLabels: async () => ({}), find: async () => undefined },
  settings: {
    source: { address: "https://10.96.4.2:8443", serverName: "broker", roots: root.cert },
    launcher: { image: "example.test/launcher:1", delivery: "copy" },
  },
});
const address = { host: "127.0.0.1", port: 0 };
const seen = { ms: [] };

async function startWebhook() {
  const metrics = new WebhookMetrics();
  const answered = metrics.answered.bind(metrics);
  metrics.answered = (review) => {
    seen.ms.push(review.durationMs);
    answered(review);
  };
  const running = await serveWebhook({
    admission: () => admission,
    certificate: {
      current: { ...leaf, endsAt: now + DAY },
      onRenewed() {},
      async [Symbol.asyncDispose]() {},
    },
    metrics,
    log: createLog("webhook", { write() {} }),
    address,
    management: address,
    lameMs: 0,
  });
  return { address: running.address, stop: () => running.stop() };
}

async function startBare() {
  const answer = Buffer.from(process.env.ANSWER);
  const server = createServer({ cert: leaf.cert, key: leaf.key }, (request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString());
      response
        .writeHead(200, { "content-type": "application/json", "content-length": answer.byteLength })
        .end(answer);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const running = await (process.argv[2] === "bare" ? startBare() : startWebhook());
process.send({ address: running.address, ca: root.cert });
process.on("message", (asked) => {
  if (asked === "stop") void running.stop().then(() => process.disconnect());
  else {
    if (asked === "collect") globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const ms = seen.ms;
    seen.ms = [];
    process.send({ rss: process.memoryUsage().rss, cpuMs: (user + system) / 1000, waitedMs: waitedMs(), ms });
  }
});

/** How long its first thread was ready to run and did not, for the processor was somebody else's. */
function waitedMs() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    return NaN;
  }
}
