// The webhook as it is deployed, without a cluster: a pod with one secret asks for nothing to be looked up.
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
const running = await serveWebhook({
  admission: () => admission,
  certificate: { current: { ...leaf, endsAt: now + DAY }, onRenewed() {}, async [Symbol.asyncDispose]() {} },
  metrics: new WebhookMetrics(),
  log: createLog("webhook", { write() {} }),
  address,
  management: address,
  lameMs: 0,
});
process.send({ address: running.address, ca: root.cert });
process.on("message", (asked) => {
  if (asked === "stop") void running.stop().then(() => process.disconnect());
  else {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send({ rss: process.memoryUsage().rss, cpuMs: (user + system) / 1000 });
  }
});
