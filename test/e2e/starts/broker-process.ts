import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import type { BrokerWorld } from "../broker/broker-world.js";

const SLUICE = fileURLToPath(new URL("../../../packages/cli/bin/sluice.js", import.meta.url));

/** `sluice broker` as a process of its own. */
export interface BrokerProcess {
  /** Where launchers ask, on 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  /** Requests it has answered with an environment, and those it refused, as its audit tells. */
  readonly counts: { released: number; refused: number };
  /** The text of its metrics. */
  metrics(): Promise<string>;
  /** Ends it as a node that fails does. */
  kill(): Promise<void>;
  /** Asks it to end; rejects unless it does so in order. */
  stop(): Promise<void>;
}

export interface BrokerProcessSettings {
  /** Stores by name, as in a file of stores. */
  readonly stores: Readonly<Record<string, object>>;
  /** Further arguments of the command line. */
  readonly args?: readonly string[];
  /** A command line that starts another, such as `taskset`. */
  readonly wrapper?: readonly string[];
}

/** Starts one on free ports, with the account and the certificate of this world; settles when it is ready. */
export async function startBrokerProcess(
  world: BrokerWorld,
  { stores, args = [], wrapper = [] }: BrokerProcessSettings,
): Promise<BrokerProcess> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const flags = {
    listen: `127.0.0.1:${port}`,
    management: `127.0.0.1:${managementPort}`,
    "tls-cert": join(world.folder, "tls.crt"),
    "tls-key": join(world.folder, "tls.key"),
    stores: await world.writeStores(stores),
    kubeconfig: world.brokerConfig,
  };
  const line = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  const [file = "", ...rest] = [...wrapper, process.execPath, SLUICE, "broker", ...line, ...args];
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"], cwd: world.folder, env: {} });
  // A test run that is interrupted must not leave it behind.
  const orphan = (): unknown => child.kill("SIGKILL");
  process.once("exit", orphan);
  const ended = once(child, "close").finally(() => process.removeListener("exit", orphan));
  const counts = { released: 0, refused: 0 };
  const said = follow(child, counts);
  const management = `http://127.0.0.1:${managementPort}`;
  await waitUntil("the broker is ready", async () => {
    if (child.exitCode !== null) throw new Error(`The broker ended: ${said.join("\n")}`);
    return fetch(`${management}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    port,
    pid: child.pid ?? 0,
    counts,
    metrics: async () => (await fetch(`${management}/metrics`)).text(),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`The broker ended with ${code}: ${said.join("\n")}`);
    },
  };
}

/** Counts what the audit tells; gives what was said last. */
function follow({ stdout, stderr }: ChildProcess, counts: BrokerProcess["counts"]): string[] {
  const said: string[] = [];
  for (const stream of [stdout, stderr]) {
    if (stream === null) throw new Error("Its output is not piped");
    createInterface({ input: stream }).on("line", (line) => {
      if (line.includes('"event":"released"')) counts.released += 1;
      if (line.includes('"event":"refused"')) counts.refused += 1;
      said.push(line);
      if (said.length > 20) said.shift();
    });
  }
  return said;
}
