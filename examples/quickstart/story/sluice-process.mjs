// The command line as it is: commands that end, and servers that stay until the demo is over.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { owned } from "./clean-up.mjs";
import { follow } from "./followed-process.mjs";
import { patiently, say } from "./narrator.mjs";

/** The command line's own file. */
export const SLUICE = fileURLToPath(new URL("../../../packages/cli/bin/sluice.js", import.meta.url));

/** Waits for the end of a child whose output it shows; gives that. */
export async function shownToItsEnd(what, child) {
  owned(child);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  const [code, signal] = await patiently(`${what} runs`, once(child, "close"));
  if (code !== 0) throw new Error(`${what} ended with ${code ?? signal}`);
  return output;
}

/** Shows a command, and runs it to its end in `cwd`; `node` is this Node. Gives what it printed. */
export async function runSluice(cwd, args, { input } = {}) {
  say(`$ ${input === undefined ? "" : "NEW_VALUE | "}sluice ${args.join(" ")}`);
  const words = args.map((argument) => (argument === "node" ? process.execPath : argument));
  const child = spawn(process.execPath, [SLUICE, ...words], {
    cwd,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"],
  });
  child.stdin?.end(input);
  return shownToItsEnd(`sluice ${args[0]}`, child);
}

/** Shows the command of a server, starts it in `cwd`, and settles when a line of its log says that it serves. */
export async function startServer(cwd, args) {
  say(`$ sluice ${args.join(" ")}`);
  const child = spawn(process.execPath, [SLUICE, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const { lines, said, stop } = follow(`sluice ${args[0]}`, child);
  const line = await said((each) => each.includes('"msg":"serving"'));
  return { serving: JSON.parse(line), log: lines, stop };
}
