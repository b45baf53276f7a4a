// The whole story on the embedded store: a command on a laptop, a pod that is admitted, its containers, a rotation.
import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueLeaf, issueRoot } from "../../packages/webhook/dist/index.js";
import { admitPod } from "./story/admit-pod.mjs";
import { ownFolder } from "./story/clean-up.mjs";
import { chapter, say } from "./story/narrator.mjs";
import { freePort, makeVolumes, runToEnd, startApp, startSidecar } from "./story/play-kubelet.mjs";
import { prepareNode } from "./story/prepare-node.mjs";
import { runSluice, startServer } from "./story/sluice-process.mjs";
import { kubeconfigOf, startStandInApi } from "./story/stand-in-api.mjs";

const HOUR_MS = 3_600_000;
const BROKER = "sluice-broker.sluice-system.svc";
const VARIABLE = /API_TOKEN .* sha256 ([0-9a-f]{12})/;
const FILE = { once: /\/token sha256 ([0-9a-f]{12})/, fresh: /\/fresh sha256 ([0-9a-f]{12})/ };

const work = ownFolder(tmpdir());
// Volumes in memory are in memory here, too, where Linux has a place for it.
const memory = ownFolder(existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
// A copy, so that a rotation changes nothing of the example.
const home = join(work, "home");
cpSync(fileURLToPath(new URL(".", import.meta.url)), home, { recursive: true });
const read = (file) => readFileSync(join(home, file), "utf8");
const write = (file, text) => writeFileSync(join(home, file), text, { mode: 0o600 });

chapter("On a laptop: one store, and variables that refer to it");
say(read("sluice.yaml").trimEnd(), "");
await runSluice(home, ["explain"]);
say("", "Nothing was read so far. Now the command, with its secrets in its environment and nowhere else:");
const onLaptop = await runSluice(home, ["run", "--", "node", "app.mjs"]);
say("The app printed fingerprints of what it received. Sluice wrote the values nowhere.");

chapter("In a cluster: a pod names the same secrets, and the webhook admits it over TLS");
const now = Date.now();
const root = await issueRoot("quickstart", 24 * HOUR_MS, now);
const leaf = await issueLeaf(root, { names: [BROKER], addresses: ["127.0.0.1"], lifetimeMs: HOUR_MS, now });
const api = await startStandInApi(leaf);
say(
  "There is no cluster here: a stand-in answers the two questions that the broker asks an API server (whose token is",
  "this, and how does its pod look now), and this program plays the kubelet. Webhook and broker are the real ones.",
);
write("kubeconfig", kubeconfigOf(api.url, root.cert));
write("roots.pem", root.cert);
write("tls.crt", leaf.cert);
write("tls.key", leaf.key);
const tls = ["--tls-cert", "tls.crt", "--tls-key", "tls.key", "--kubeconfig", "kubeconfig"];
const listen = ["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
const stores = ["--stores", "stores.yaml"];
const broker = await startServer(home, ["broker", ...stores, "--no-record-versions", ...tls, ...listen]);
const brokerFlags = ["--broker", `https://${broker.serving.address}`, "--broker-server-name", BROKER];
const settings = ["--settings", "webhook.yaml", ...stores, ...brokerFlags, "--broker-roots", "roots.pem"];
const files = ["--tls", "files", "--lame", "1", ...tls];
const webhook = await startServer(home, ["webhook", ...settings, ...files, ...listen]);
say("", "What the webhook makes of pod.yaml (… is cut here):", "");
// The port that the app is told at has to be free on this machine, whose network the containers share.
const manifest = read("pod.yaml").replaceAll("8080", String(await freePort()));
const pod = api.create(await admitPod(manifest, webhook.serving.address, root.cert));
say(
  "",
  "The launcher stands before the command, and a sidecar keeps the file fresh that vault-k8s' annotations ask for. The",
  "plans say what they may ask for; no value is in the pod.",
);

chapter("On a node: the pod's containers run, and the launcher gets their secrets from the broker");
const node = await prepareNode(work, home);
const volumes = makeVolumes(work, memory, pod, (audience) => api.createToken(audience));
const sidecars = [];
for (const container of pod.spec.initContainers ?? []) {
  const isSidecar = container.restartPolicy === "Always";
  api.reportStart(container.name, 0);
  if (isSidecar) sidecars.push(await startSidecar(node, pod, container, volumes));
  else if (node.isReal) await runToEnd(node, pod, container, volumes);
}
say("The sidecar has written its file: only now does the app start.");
const [app] = pod.spec.containers;
api.reportStart(app.name, 0);
const inPod = await startApp(node, pod, app, volumes);
const before = printsOf(inPod.lines);
verify(
  before.variable === printsOf(onLaptop.split("\n")).variable,
  "the laptop's app has the same API_TOKEN",
);
verify(before.fresh === before.variable, "the sidecar's file has the same secret");
say(
  "API_TOKEN has the same fingerprint as on the laptop: the same secret, by another way. So has the sidecar's file.",
);
if (node.isReal) {
  verify(before.once === before.variable, "the init container's file has the same secret");
  say("And so has /secrets/token: an init container got it from the broker before the app started.");
}

chapter("A rotation: the store gets a new API_TOKEN while the app runs");
const rotated = `tok_${randomBytes(8).toString("hex")}`;
const heard = inPod.lines.length;
await runSluice(home, ["put", "secret://dev/API_TOKEN"], { input: rotated });
await inPod.said((line) => line.startsWith("app: told"), heard);
const told = await inPod.said((line) => FILE.fresh.test(line), heard);
for (const sidecar of sidecars) await sidecar.said((line) => line.includes("the app was told"));
verify(printsOf([told]).fresh === fingerprint(rotated), "the app found the new secret in its file");
say(
  "The sidecar saw it, exchanged the file and told the app, which found the new value there. Nobody touched the pod.",
  "A variable cannot change in a process that runs. So the container starts again:",
);
await inPod.stop();
api.reportStart(app.name, 1);
const again = await startApp(node, pod, app, volumes);
const after = printsOf(again.lines);
verify(after.variable === fingerprint(rotated), "API_TOKEN is the new one");
say("API_TOKEN is the new one, too.");
if (node.isReal) {
  verify(after.once === before.once, "the file of the init container is as it was written");
  say(
    "/secrets/token is as it was: an init container writes once for a pod, and the next pod gets the new value.",
  );
}
await again.stop();
for (const sidecar of sidecars) await sidecar.stop();
const audit = broker.log.filter((line) => line.includes('"audit":true')).map((line) => JSON.parse(line));
say("", "What the broker wrote down about it, references and no values:");
for (const { event, workload, references } of audit) {
  const names = references.map(({ reference }) => reference).join(", ");
  say(`   ${event}: ${workload.namespace}/${workload.pod}, account ${workload.serviceAccount}: ${names}`);
}

await webhook.stop();
await broker.stop();
api.close();

say(`
Done: an app received its secrets on a laptop and in a pod, and a rotation reached its file and its environment.

Try next, in examples/quickstart (npx finds the sluice of this clone, and the Node.js that it brings):
  npx sluice run --dry-run -- true                read everything, show it masked, start nothing
  npx sluice export --format json                 the same variables for another program
  npx sluice run --watch restart -- node app.mjs  and edit secrets.env meanwhile
Then docs/start.md: from here to a store and a cluster of yours.
`);

/** As the app makes them. */
function fingerprint(value) {
  return createHash("sha256").update(value).digest("hex").slice(0, 12);
}

/** The fingerprints of API_TOKEN that the app printed: of the variable, and of its files. */
function printsOf(lines) {
  const find = (pattern) => lines.map((line) => pattern.exec(line)?.[1]).find((print) => print !== undefined);
  return { variable: find(VARIABLE), once: find(FILE.once), fresh: find(FILE.fresh) };
}

/** What is told is what happened. */
function verify(isTrue, what) {
  if (!isTrue) throw new Error(`It is not true that ${what}`);
}
