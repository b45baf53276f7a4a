// Builds everything, and says how far it is: on a slow machine the first build takes a minute or more.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const HEARTBEAT_MS = 5_000;

const tsc = spawn(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "--verbose"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
let built = 0;
let current = "";
const timer = setInterval(() => console.log(`   … building, ${built} done${current}`), HEARTBEAT_MS);
createInterface({ input: tsc.stdout }).on("line", (line) => {
  const project = /Building project '(.*)'/.exec(line)?.[1];
  if (project !== undefined) {
    if (current !== "") built += 1;
    current = `, now ${basename(dirname(project))}`;
  } else if (/error TS|^\S+\(\d+,\d+\)/.test(line)) console.error(line);
});
console.log("Building the packages");
const [code] = await once(tsc, "close");
clearInterval(timer);
process.exitCode = code ?? 1;
