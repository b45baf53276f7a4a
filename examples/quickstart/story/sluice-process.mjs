// The command line as it is: commands that end, and servers that stay until the demo is over.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { patiently, say } from "./narrator.mjs";

const SLUICE = fileURLToPath(new URL("../../../packages/cli/bin/sluice.js", import.meta.url));

/** Waits for the end of a child whose output it shows; gives that. */
export async function shownToItsEnd(what, child) {
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

/** Shows the command of a server, starts it in `cwd`, and settles with the lines of its log as soon as one matches. */
export async function startServer(cwd, args, isReady) {
  say(`$ sluice ${args.join(" ")}`);
  const child = spawn(process.execPath, [SLUICE, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  const ready = new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on("line", (line) => {
        log.push(line);
        if (isReady(line)) resolve(line);
      });
    child.once("exit", (code) =>
      reject(new Error(`sluice ${args[0]} ended with ${code}\n${log.join("\n")}`)),
    );
  });
  // A demo that fails must not leave it behind.
  const orphan = () => child.kill("SIGKILL");
  process.once("exit", orphan);
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await patiently(`sluice ${args[0]} ends`, ended);
    process.removeListener("exit", orphan);
  };
  const line = await patiently(`waiting for sluice ${args[0]}`, ready);
  return { serving: JSON.parse(line), log, stop };
}
