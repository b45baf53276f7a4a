// Shows the main job step by step: what the store holds, what the app would get, and the app getting it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const sluice = fileURLToPath(new URL("../../packages/cli/bin/sluice.js", import.meta.url));

function step(title, ...args) {
  console.log(`\n── ${title}\n$ sluice ${args.join(" ")}`);
  const shown = args.map((argument) => (argument === "node" ? process.execPath : argument));
  const { status } = spawnSync(process.execPath, [sluice, ...shown], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

console.log("── sluice.yaml: one store, and variables that refer to it\n");
console.log(readFileSync(new URL("sluice.yaml", import.meta.url), "utf8").trimEnd());
step("What the store holds: names, never values", "list");
step("What a command would get, and from where: nothing is read yet", "explain");
step("The command, with its secrets in its environment and nowhere else", "run", "--", "node", "app.mjs");
console.log(`
Done: the app received real secrets, and ran in the place of sluice, not below it.

Try next, in examples/quickstart:
  node ../../packages/cli/bin/sluice.js run --dry-run -- true       read everything, show it masked, start nothing
  node ../../packages/cli/bin/sluice.js export --format json        the same variables for another program
  node ../../packages/cli/bin/sluice.js run --watch restart -- node app.mjs    and edit secrets.env meanwhile
`);
