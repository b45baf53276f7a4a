// Does what a node does with an admitted pod: makes its volumes and tokens, then starts its containers.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launcherProgram } from "./launcher-program.mjs";
import { canRunContainers, fileRoot, startContainer, systemRoot } from "./namespaced-container.mjs";
import { say } from "./narrator.mjs";
import { shownToItsEnd } from "./sluice-process.mjs";

const TOKEN_FOLDER = "/var/run/secrets/sluice";
const NODE_LAUNCHER = fileURLToPath(new URL("node-launcher.mjs", import.meta.url));

/** How containers are run on this machine, said and chosen once. */
export async function prepareNode(work, appFolder) {
  const program = canRunContainers(work) ? await launcherProgram() : undefined;
  if (program !== undefined) {
    say(
      "This machine has namespaces and Go: the pod's containers run in namespaces of their own, with the real launcher.",
      "Their roots are made of this machine's folders, where a node would unpack images.",
    );
    const app = systemRoot(join(work, "app-root"));
    app.mounts.push([appFolder, "/app"]);
    return {
      isReal: true,
      images: { app, launcher: fileRoot(join(work, "launcher-root"), program, "sluice-launch") },
    };
  }
  say(
    "This machine lacks namespaces, or Go to build the launcher: the Node runner stands in for the launcher. It asks the",
    "same broker over the same protocol, and the app runs beside this program, not in a container.",
  );
  return { isReal: false, appFolder };
}

/** The pod's volumes as folders of `work`, with the tokens that it asks for in them. */
export function makeVolumes(work, pod, createToken) {
  const folders = new Map();
  for (const { name, projected } of pod.spec.volumes ?? []) {
    const folder = join(work, "volumes", name);
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

/** Starts a container of the pod, and waits for its end. Gives what it printed. */
export async function runToEnd(node, container, volumes) {
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => [volumes.get(name), mountPath]);
  const env = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
  const args = [...container.command, ...(container.args ?? [])];
  const child = node.isReal
    ? startContainer({ root: node.images[container.image], volumes: mounts, env, args })
    : startBeside(node, mounts, env, args);
  return shownToItsEnd(`container ${container.name}`, child);
}

/** The command after the launcher's, with the paths that the container would have. */
function startBeside({ appFolder }, mounts, env, args) {
  const [tokens] = mounts.find(([, place]) => place === TOKEN_FOLDER);
  const command = args
    .slice(args.indexOf("--") + 1)
    .map((word) => (word === "node" ? process.execPath : word.replace(/^\/app\b/, appFolder)));
  const words = [NODE_LAUNCHER, join(tokens, "token"), ...command];
  say(`$ node story/node-launcher.mjs TOKEN_FILE ${args.slice(args.indexOf("--") + 1).join(" ")}`);
  return spawn(process.execPath, words, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
}
