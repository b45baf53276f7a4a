import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What the emulator says of itself once it listens. */
interface KeyVaultPorts {
  /** Vaults and login services, by whatever name they are asked for. */
  readonly address: string;
  readonly admin: string;
  /** A machine's metadata service, without TLS. */
  readonly metadata: string;
  readonly tenant: string;
}

/** An emulator that runs until it is stopped, or this process ends. */
export interface KeyVaultProcess extends KeyVaultPorts {
  readonly caFile: string;
  /** PEM of the authority of its certificate. */
  readonly ca: string;
  stop(): Promise<void>;
}

/** Starts the emulator, with nothing in it. */
export async function startKeyVaultProcess(program: string): Promise<KeyVaultProcess> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-key-vault-"));
  const caFile = join(folder, "ca.pem");
  // It ends when its standard input does, so an interrupted test run leaves nothing behind.
  const child = spawn(program, ["-ca", caFile], { stdio: ["pipe", "pipe", "inherit"] });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await firstLine(child);
    return { ...(JSON.parse(ports) as KeyVaultPorts), caFile, ca: await readFile(caFile, "utf8"), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("the emulator has no output");
  await once(child, "spawn");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the Key Vault emulator ended before it listened");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
