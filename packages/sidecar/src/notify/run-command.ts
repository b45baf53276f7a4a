import { spawn } from "node:child_process";
import { once } from "node:events";
import { thrownName } from "@sluice/core";
import { final, type NotTold, passing } from "./notify-outcome.js";

/** What a command is given of the environment: enough to be found and to find others. */
const PASSED = ["PATH", "HOME", "LANG", "TZ"];

/** Runs a program to its end. What it prints is dropped: it may have read the files. */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  signal: AbortSignal,
): Promise<NotTold | undefined> {
  const env = Object.fromEntries(
    PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(program, args, { stdio: "ignore", env, signal, killSignal: "SIGKILL" });
  try {
    const [code, killedBy] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    if (code === 0) return undefined;
    return passing(code === null ? `it was ended by ${killedBy}` : `it ended with ${code}`);
  } catch (thrown) {
    const name = thrownName(thrown);
    if (name === "ABORT_ERR" || name === "AbortError") return passing("it did not end in time");
    return name === "ENOENT" || name === "EACCES" ? final(`it cannot be started (${name})`) : passing(name);
  }
}
