// What runs the pod's containers on this machine: namespaces and the launcher, or what stands in for them.
import { existsSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launcherProgram } from "./launcher-program.mjs";
import {
  canRunContainers,
  containerWords,
  fileRoot,
  systemRoot,
  tellContainer,
} from "./namespaced-container.mjs";
import { say } from "./narrator.mjs";
import { SLUICE } from "./sluice-process.mjs";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const NODE_LAUNCHER = fileURLToPath(new URL("node-launcher.mjs", import.meta.url));
const TOKEN_FOLDER = "/var/run/secrets/sluice";
const PIPED = { stdio: ["ignore", "pipe", "inherit"] };

/** How containers are run on this machine, said and chosen once. `home` has the app, and the store. */
export async function prepareNode(work, home) {
  const hasNamespaces = canRunContainers(work);
  const program = hasNamespaces ? await launcherProgram() : undefined;
  if (program !== undefined) {
    say(
      "This machine has namespaces and Go: the pod's containers run in namespaces of their own, with the real launcher.",
      "Their roots are made of this machine's folders, where a node would unpack images.",
    );
    return realNode(work, home, program);
  }
  say(
    hasNamespaces
      ? "Go is missing on this machine, which the launcher is built with: the Node runner stands in for the launcher. It asks"
      : "This machine lets us make no namespaces: the Node runner stands in for the launcher. It asks",
    "the same broker over the same protocol, and app and sidecar run beside this program, not in containers. The init",
    "containers are left out, since what they write would go to paths of this machine.",
  );
  return standInNode(home);
}

/** Each container in namespaces of its own, on a root of its own. */
function realNode(work, home, program) {
  const app = systemRoot(join(work, "app-root"));
  app.mounts.push([home, "/app"]);
  const sluice = systemRoot(join(work, "sluice-root"));
  sluice.mounts.push([REPOSITORY, "/opt/sluice"], [home, "/store"]);
  const images = {
    app: { root: app },
    launcher: { root: fileRoot(join(work, "launcher-root"), program, "sluice-launch") },
    sluice: { root: sluice, entrypoint: ["node", "/opt/sluice/packages/cli/bin/sluice.js"] },
  };
  const wordsOf = ({ image, command, args, ...parts }) => {
    const { root, entrypoint = [] } = images[image];
    return containerWords({ ...parts, root, args: [...(command ?? entrypoint), ...args] });
  };
  return {
    isReal: true,
    start(parts) {
      say(`$ ${[...(parts.command ?? images[parts.image].entrypoint ?? []), ...parts.args].join(" ")}`);
      const child = spawn("unshare", wordsOf(parts), PIPED);
      return { child, tell: (signal) => tellContainer(child, signal) };
    },
    // Beside its container: on the same root, with the same volumes and variables.
    probe: async ({ args, ...parts }) => {
      const words = wordsOf({ ...parts, command: args, args: [] });
      return spawnSync("unshare", words, { stdio: "ignore", timeout: 30_000 }).status === 0;
    },
  };
}

/** Processes of this machine, with the paths of volumes where the container's would be. */
function standInNode(home) {
  const here = (text, volumes) =>
    [...volumes, [home, "/app"], [home, "/store"]].reduce(
      (all, [folder, place]) =>
        all.replaceAll(new RegExp(`(?<![\\w/.-])${place}(?=[/"]|$)`, "g"), () => folder),
      text,
    );
  // What the broker compares with the pod's stays as it is.
  const environmentOf = ({ env, volumes }) =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        name === "SLUICE_PLAN" ? value : here(value, volumes),
      ]),
    );
  return {
    isReal: false,
    start({ image, command: before = [], args, env, volumes }) {
      const isApp = image === "app";
      const all = [...before, ...args];
      const command = isApp ? all.slice(all.indexOf("--") + 1) : all;
      say(`$ ${isApp ? "node story/node-launcher.mjs TOKEN_FILE" : "sluice"} ${command.join(" ")}`);
      const [tokens = ""] = volumes.find(([, place]) => place === TOKEN_FOLDER) ?? [];
      const words = command.map((word) => (word === "node" ? process.execPath : here(word, volumes)));
      const program = isApp ? [NODE_LAUNCHER, join(tokens, "token")] : [SLUICE];
      const variables = { PATH: process.env["PATH"], ...environmentOf({ env, volumes }) };
      // What an init container would have written.
      if (isApp) variables["TOKEN_FILE"] = "";
      const child = spawn(process.execPath, [...program, ...words], { ...PIPED, cwd: home, env: variables });
      return { child, tell: (signal) => child.kill(signal) };
    },
    probe: async ({ env, volumes }) => existsSync(here(env["SLUICE_SOURCE"].replace(/^file:/, ""), volumes)),
  };
}
