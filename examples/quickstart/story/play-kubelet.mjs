// Does what a node does with an admitted pod: makes its volumes and tokens, then starts its containers.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launcherProgram } from "./launcher-program.mjs";
import { canRunContainers, fileRoot, startContainer, systemRoot } from "./namespaced-container.mjs";
import { say } from "./narrator.mjs";
import { shownToItsEnd } from "./sluice-process.mjs";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
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
    const sluice = systemRoot(join(work, "sluice-root"));
    sluice.mounts.push([REPOSITORY, "/opt/sluice"]);
    return {
      isReal: true,
      images: {
        app: { root: app },
        launcher: { root: fileRoot(join(work, "launcher-root"), program, "sluice-launch") },
        sluice: { root: sluice, entrypoint: ["node", "/opt/sluice/packages/cli/bin/sluice.js"] },
      },
    };
  }
  say(
    "This machine lacks namespaces, or Go to build the launcher: the Node runner stands in for the launcher. It asks the",
    "same broker over the same protocol, and the app runs beside this program, not in a container. The file is left out,",
    "since it would be written to a path of this machine.",
  );
  return { isReal: false, appFolder };
}

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

/** Starts a container of the pod, and waits for its end. Gives what it printed. */
export async function runToEnd(node, pod, container, volumes) {
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => [volumes.get(name), mountPath]);
  const env = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
  const { root, entrypoint } = node.isReal ? node.images[container.image] : {};
  const args = [...(container.command ?? entrypoint), ...(container.args ?? [])];
  const user = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  const child = node.isReal
    ? startContainer({ root, user, volumes: mounts, env, args })
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
    env: { PATH: process.env["PATH"], ...env, TOKEN_FILE: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}
