// The whole story on the embedded store: a command on a laptop, a pod that is admitted, its containers, a rotation.
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueLeaf, issueRoot } from "../../packages/webhook/dist/index.js";
import { admitPod } from "./story/admit-pod.mjs";
import { chapter, say } from "./story/narrator.mjs";
import { makeVolumes, prepareNode, runToEnd } from "./story/play-kubelet.mjs";
import { runSluice, startServer } from "./story/sluice-process.mjs";
import { kubeconfigOf, startStandInApi } from "./story/stand-in-api.mjs";

const HOUR_MS = 3_600_000;
const BROKER = "sluice-broker.sluice-system.svc";
const SERVING = (line) => line.includes('"msg":"serving"');

// A copy, so that a rotation changes nothing of the example.
const work = mkdtempSync(join(tmpdir(), "sluice-quickstart-"));
process.once("exit", () => rmSync(work, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
// Volumes in memory are in memory here, too, where Linux has a place for it.
const memory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "sluice-quickstart-"));
process.once("exit", () => rmSync(memory, { recursive: true, force: true }));
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
const broker = await startServer(
  home,
  ["broker", "--stores", "stores.yaml", "--no-record-versions", ...tls, ...listen],
  SERVING,
);
const brokerFlags = ["--broker", `https://${broker.serving.address}`, "--broker-server-name", BROKER];
const webhook = await startServer(
  home,
  [
    "webhook",
    "--settings",
    "webhook.yaml",
    "--stores",
    "stores.yaml",
    ...brokerFlags,
    "--broker-roots",
    "roots.pem",
    "--tls",
    "files",
    "--lame",
    "1",
    ...tls,
    ...listen,
  ],
  SERVING,
);
say("", "What the webhook makes of pod.yaml:", "");
const pod = api.create(await admitPod(read("pod.yaml"), webhook.serving.address, root.cert));
say("", "The launcher stands before the command. The plan says what it may ask for; no value is in the pod.");

chapter("On a node: the pod's containers run, and the launcher gets their secrets from the broker");
const node = await prepareNode(work, home);
const volumes = makeVolumes(work, memory, pod, (audience) => api.createToken(audience));
const { initContainers = [], containers } = pod.spec;
for (const container of node.isReal ? initContainers : []) {
  api.reportStart(container.name, 0);
  await runToEnd(node, pod, container, volumes);
}
const [app] = containers;
api.reportStart(app.name, 0);
const inPod = await runToEnd(node, pod, app, volumes);
verify(fingerprint(inPod) === fingerprint(onLaptop), "API_TOKEN has the same fingerprint as on the laptop");
say("API_TOKEN has the same fingerprint as on the laptop: the same secret, by another way.");
if (node.isReal) {
  verify(filePrint(inPod) === fingerprint(inPod), "the file has the same secret");
  say("The file has it, too: an init container wrote it into a volume in memory before the app started.");
}

chapter("A rotation: the store gets a new API_TOKEN, and the container starts again");
await runSluice(home, ["put", "secret://dev/API_TOKEN"], { input: `tok_${randomBytes(8).toString("hex")}` });
api.reportStart(app.name, 1);
const rotated = await runToEnd(node, pod, app, volumes);
verify(fingerprint(rotated) !== fingerprint(inPod), "API_TOKEN has another fingerprint than before");
say("API_TOKEN has another fingerprint: the new value reached the app, and nobody touched the pod.");
if (node.isReal) {
  verify(filePrint(rotated) === filePrint(inPod), "the file is as it was written");
  say("The file is as it was: it is written once for a pod, and the next pod gets the new value.");
}
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
Done: an app received its secrets on a laptop and in a pod, and a rotation reached it.

Try next, in examples/quickstart:
  node ../../packages/cli/bin/sluice.js run --dry-run -- true       read everything, show it masked, start nothing
  node ../../packages/cli/bin/sluice.js export --format json        the same variables for another program
  node ../../packages/cli/bin/sluice.js run --watch restart -- node app.mjs    and edit secrets.env meanwhile
Then docs/start.md: from here to a store and a cluster of yours.
`);

/** The fingerprint of API_TOKEN that the app printed. */
function fingerprint(output) {
  const found = /API_TOKEN .* sha256 ([0-9a-f]{12})/.exec(output)?.[1];
  if (found === undefined) throw new Error("The app printed no fingerprint of API_TOKEN");
  return found;
}

/** The fingerprint of the file that the app printed. */
function filePrint(output) {
  return /\/secrets\/token sha256 ([0-9a-f]{12})/.exec(output)?.[1];
}

/** What is told is what happened. */
function verify(isTrue, what) {
  if (!isTrue) throw new Error(`It is not true that ${what}`);
}
