import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./shared/free-port.js";
import type { RunningServer, Unavailable } from "./shared/server.js";
import { ServerProcess } from "./shared/server-process.js";
import type { ServerProgram } from "./shared/server-program.js";
import { waitUntil } from "./shared/wait-until.js";
import { vaultServer } from "./vault-program.js";

/** A real OpenBao or Vault, with a token that may do anything. */
export interface RunningVault extends RunningServer {
  readonly token: string;
  /** What its certificate is verified with, PEM; there with TLS. */
  readonly caCert?: string;
}

export interface VaultSettings {
  /** Whether it speaks TLS, and takes client certificates. A server that the environment names is not used then. */
  readonly tls?: boolean;
}

const MISSING =
  "there is no OpenBao: start a container engine, set SLUICE_REQUIRE_SERVERS=1 to install it, SLUICE_BAO or SLUICE_VAULT " +
  "to the path of bao or vault, or SLUICE_VAULT_ADDR and SLUICE_VAULT_TOKEN to the address and token of a server";

/**
 * The server that the environment names (`SLUICE_VAULT_ADDR`, `SLUICE_VAULT_TOKEN`), with nothing in it yet but a
 * key-value engine of version 2 at `secret/`; else a new one like that, see {@link vaultServer}.
 */
export async function startVault({ tls = false }: VaultSettings = {}): Promise<RunningVault | Unavailable> {
  const { SLUICE_VAULT_ADDR: address, SLUICE_VAULT_TOKEN: token } = process.env;
  if (address && token && !tls) return { kind: "running", address, token, stop: async () => undefined };
  const program = await vaultServer();
  if (program === undefined) return { kind: "unavailable", reason: MISSING };
  return tls ? startWithTls(program) : start(program, "http", []);
}

async function startWithTls(program: ServerProgram): Promise<RunningVault> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-vault-tls-"));
  const clear = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const server = await start(program, "https", ["-dev-tls", `-dev-tls-cert-dir=${folder}`], [folder]);
    const caCert = await readFile(join(folder, "vault-ca.pem"), "utf8");
    const stop = async (): Promise<void> => {
      await server.stop();
      await clear();
    };
    return { ...server, caCert, stop };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function start(
  program: ServerProgram,
  scheme: "http" | "https",
  more: readonly string[],
  folders: readonly string[] = [],
): Promise<RunningVault> {
  const token = randomUUID();
  const listen = `127.0.0.1:${await freePort()}`;
  const flags = [`-dev-root-token-id=${token}`, `-dev-listen-address=${listen}`, "-dev-no-store-token"];
  const server = new ServerProcess({ program, args: ["server", "-dev", ...flags, ...more], folders });
  const address = `${scheme}://${listen}`;
  try {
    await waitUntil(`${address} serves its first engine`, async () => {
      server.assertRunning();
      return isReady(address, token);
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { kind: "running", address, token, stop: async () => server.stop() };
}

async function isReady(address: string, token: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const send = address.startsWith("https:") ? httpsRequest : httpRequest;
  const options = {
    headers: { "X-Vault-Token": token },
    agent: false,
    timeout: 5000,
    // Whose certificate it has is not known before it answers, nor does it matter to this question.
    rejectUnauthorized: false,
  };
  const asked = send(`${address}/v1/secret/config`, options, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  asked.on("timeout", () => asked.destroy());
  // Until it listens, the connection is refused.
  asked.on("error", () => resolve(false));
  asked.end();
  return promise;
}
