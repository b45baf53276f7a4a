// The smallest program around the process functions: node driver.mjs MODE OPTIONS COMMAND ARGS...
//   MODE     exec | supervise | init (become init if PID 1, then supervise)
//   OPTIONS  JSON: set (variables), fill ({NAME: size of its value}), gracePeriodMs,
//            touch (use stdio first), forget (how stdio was at the start), chatter (use stdio after the start)
// A message from a parent with IPC is the environment to restart with.
import { readStdioModes } from "../../../packages/runner/dist/process/stdio-modes.js";

const atStart = readStdioModes();
const { becomeInit, execCommand, initialEnvironment, superviseCommand } =
  await import("../../../packages/runner/dist/process/index.js");

const [mode, json, command, ...args] = process.argv.slice(2);
const options = JSON.parse(json);
const stdio = options.forget ? undefined : atStart;

const EXIT_CODES = { "command-not-found": 127, "not-executable": 126, configuration: 78 };

try {
  const warning = mode === "init" ? becomeInit(stdio) : undefined;
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  if (options.touch) await touchStdio();
  const env = { ...initialEnvironment(), ...options.set };
  for (const [name, size] of Object.entries(options.fill ?? {})) env[name] = "x".repeat(size);
  if (mode === "exec") execCommand({ command, args, env }, stdio);
  await supervise(env);
} catch (error) {
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = EXIT_CODES[error.kind] ?? 1;
}

async function supervise(env) {
  const child = superviseCommand({ command, args, env }, options);
  if (options.chatter) for (const stream of [process.stdout, process.stderr]) stream.write("chatter\n");
  process.on("message", (next) => {
    child.restart({ ...env, ...next }).catch((error) => process.stderr.write(`${error.code}\n`));
  });
  process.exitCode = (await child.exited).code;
  if (process.connected) process.disconnect();
}

async function touchStdio() {
  process.stdin.on("data", () => {});
  process.stdout.write("");
  process.stderr.write("");
  await new Promise((resolve) => setImmediate(resolve));
  process.stdin.pause();
}
