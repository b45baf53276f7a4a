import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "./shared/free-port.js";
import { type RunningServer, serversRequired, type Unavailable } from "./shared/server.js";
import { waitUntil } from "./shared/wait-until.js";

/** A real OpenBao or Vault, with a token that may do anything. */
export interface RunningVault extends RunningServer {
  readonly token: string;
}

const MISSING =
  "there is no OpenBao and no Vault: put bao or vault on the PATH, or its path into SLUICE_BAO, " +
  "or the address and token of a server into SLUICE_VAULT_ADDR and SLUICE_VAULT_TOKEN";

/**
 * The server that the environment names (`SLUICE_VAULT_ADDR`, `SLUICE_VAULT_TOKEN`), or a new one in memory from
 * the program in `SLUICE_BAO` or on the `PATH`, with an engine of version 2 at `secret/`.
 *
 * @throws {Error} when there is none and servers are required.
 */
export async function startVault(): Promise<RunningVault | Unavailable> {
  const { SLUICE_VAULT_ADDR: address, SLUICE_VAULT_TOKEN: token } = process.env;
  if (address && token) return { kind: "running", address, token, stop: async () => undefined };
  const program = process.env["SLUICE_BAO"] ?? onPath("bao") ?? onPath("vault");
  if (program !== undefined) return start(program);
  if (serversRequired()) throw new Error(MISSING);
  return { kind: "unavailable", reason: MISSING };
}

function onPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function start(program: string): Promise<RunningVault> {
  const token = randomUUID();
  const listen = `127.0.0.1:${await freePort()}`;
  const flags = [`-dev-root-token-id=${token}`, `-dev-listen-address=${listen}`, "-dev-no-store-token"];
  const child = spawn(program, ["server", "-dev", ...flags], { stdio: "ignore", env: {} });
  // A test run that is interrupted must not leave it behind.
  const orphan = (): unknown => child.kill("SIGKILL");
  process.once("exit", orphan);
  const stop = async (): Promise<void> => {
    process.removeListener("exit", orphan);
    await end(child);
  };
  const address = `http://${listen}`;
  try {
    await once(child, "spawn");
    await waitUntil("Vault serves its first engine", async () => isReady(child, address, token));
  } catch (error) {
    await stop();
    throw error;
  }
  return { kind: "running", address, token, stop };
}

async function isReady(child: ChildProcess, address: string, token: string): Promise<boolean> {
  if (hasEnded(child)) throw new Error("Vault ended before it answered");
  try {
    const url = `${address}/v1/secret/config`;
    const reply = await fetch(url, { headers: { "X-Vault-Token": token } });
    return reply.status === 200;
  } catch {
    // It does not listen yet: asked again until the time is over.
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
