import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { AWS_ENVIRONMENT } from "./secrets-manager.js";
import type { SyncWorld } from "./sync-world.js";

const SLUICE = fileURLToPath(new URL("../../../packages/cli/bin/sluice.js", import.meta.url));

/** `sluice sync` as a process of its own. */
export interface SyncProcess {
  readonly pid: number;
  /** A number of its metrics. */
  metric(name: string): Promise<number>;
  /** Why it is not ready, as it answers probes; empty if it is. */
  notReady(): Promise<string>;
  /** Ends it as a node that fails does. */
  kill(): Promise<void>;
  /** Asks it to end; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts one with the account of this world; settles when it answers probes. */
export async function startSyncProcess(
  world: SyncWorld,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = AWS_ENVIRONMENT,
): Promise<SyncProcess> {
  const port = await freePort();
  const flags = ["--kubeconfig", world.config, "--lease-namespace", "sluice-system"];
  const management = ["--management", `127.0.0.1:${port}`];
  const child: ChildProcess = spawn(process.execPath, [SLUICE, "sync", ...flags, ...management, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: world.folder,
    env,
  });
  // A test run that is interrupted must not leave it behind.
  const orphan = (): unknown => child.kill("SIGKILL");
  process.once("exit", orphan);
  const ended = once(child, "close").finally(() => process.removeListener("exit", orphan));
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => world.told.push(text));
  const metrics = async (): Promise<string> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    world.told.push(text);
    return text;
  };
  await waitUntil("the controller answers probes", async () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${world.told.at(-1) ?? ""}`);
    return fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    pid: child.pid ?? 0,
    metric: async (name) => {
      const line = (await metrics()).split("\n").find((text) => text.startsWith(`${name} `));
      return Number(line?.split(" ").at(-1));
    },
    notReady: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return answer.ok ? "" : answer.text();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}
