// Does what a node does with an admitted pod: makes its volumes and tokens, then starts its containers in their order.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { follow } from "./followed-process.mjs";
import { patiently, say } from "./narrator.mjs";
import { shownToItsEnd } from "./sluice-process.mjs";

const PROBE_EVERY_MS = 250;
const PROBES = 240;

/** The pod's volumes as folders of `work`, or of `memory`, with the tokens that it asks for in them. */
export function makeVolumes(work, memory, pod, createToken) {
  const folders = new Map();
  for (const { name, projected, emptyDir } of pod.spec.volumes ?? []) {
    const folder = join(emptyDir?.medium === "Memory" ? memory : work, "volumes", name);
    mkdirSync(folder, { recursive: true });
    for (const { serviceAccountToken: token } of projected?.sources ?? []) {
      if (token === undefined) continue;
      mkdirSync(dirname(join(folder, token.path)), { recursive: true });
      writeFileSync(join(folder, token.path), createToken(token.audience), { mode: 0o444 });
    }
    folders.set(name, folder);
  }
  return folders;
}

/** A port of this machine that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Runs an init container to its end. */
export async function runToEnd(node, pod, container, volumes) {
  const { child } = node.start(partsOf(pod, container, volumes));
  await shownToItsEnd(`container ${container.name}`, child);
}

/** Starts a sidecar, and waits until its startup probe succeeds: what comes after it starts then. */
export async function startSidecar(node, pod, container, volumes) {
  const parts = partsOf(pod, container, volumes);
  const { child, tell } = node.start(parts);
  const running = follow(`container ${container.name}`, child, { tell, show: showLogLine });
  const { command } = container.startupProbe.exec;
  const isReady = async () => {
    for (let probe = 0; probe < PROBES; probe += 1) {
      if (await node.probe({ ...parts, args: command })) return;
      await sleep(PROBE_EVERY_MS);
    }
    throw new Error(`${container.name} did not become ready\n${running.lines.join("\n")}`);
  };
  const ended = running.said(() => false);
  await Promise.race([patiently(`waiting for container ${container.name}`, isReady()), ended]);
  ended.catch(() => undefined);
  // It tells the probe before it tells its log.
  await running.said((line) => line.includes("every file is written"));
  return running;
}

/** Starts the app's container, and waits until it says that it listens. Gives what it said so far, too. */
export async function startApp(node, pod, container, volumes) {
  const { child, tell } = node.start(partsOf(pod, container, volumes));
  const running = follow(`container ${container.name}`, child, { tell, show: (line) => say(line) });
  await running.said((line) => line.startsWith("app: listening"));
  return running;
}

function partsOf(pod, container, volumes) {
  const user = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  return {
    image: container.image,
    ...(container.command !== undefined && { command: container.command }),
    args: container.args ?? [],
    env: Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value])),
    volumes: (container.volumeMounts ?? []).map(({ name, mountPath }) => [volumes.get(name), mountPath]),
    ...(user !== undefined && { user }),
  };
}

/** A line of the sidecar's log, in short. */
function showLogLine(line) {
  if (!line.startsWith("{")) return say(line);
  const { msg, files, how } = JSON.parse(line);
  return say(`sidecar: ${[msg, Array.isArray(files) && files.join(", "), how].filter(Boolean).join(": ")}`);
}
