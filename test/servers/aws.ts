import { spawn } from "node:child_process";
import { once } from "node:events";
import { installedMoto, installMoto } from "./python/install-moto.js";
import { freePort } from "./shared/free-port.js";
import { serversRequired, type RunningServer, type Unavailable } from "./shared/server.js";
import { waitUntil } from "./shared/wait-until.js";

/**
 * An AWS-compatible server, moto, with nothing in it: the one at `SLUICE_AWS_ENDPOINT`, else one started on a free
 * port. It is installed when missing only if servers are required (`SLUICE_REQUIRE_SERVERS=1`).
 */
export async function startAws(): Promise<RunningServer | Unavailable> {
  const address = process.env["SLUICE_AWS_ENDPOINT"];
  if (address !== undefined) return { kind: "running", address, stop: async () => {} };
  const python = (await installedMoto()) ?? (serversRequired() ? await installMoto() : undefined);
  if (python === undefined)
    return {
      kind: "unavailable",
      reason: "moto is not installed: set SLUICE_REQUIRE_SERVERS=1 to install it, or SLUICE_AWS_ENDPOINT",
    };
  return startMoto(python);
}

async function startMoto(python: string): Promise<RunningServer> {
  const port = await freePort();
  const server = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
    // It would ask the instance metadata service for a role otherwise.
    env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" },
  });
  const exited = once(server, "exit");
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill("SIGKILL");
    await exited;
  };
  // A test run that is interrupted must not leave it behind.
  const orphan = (): unknown => server.kill("SIGKILL");
  process.once("exit", orphan);
  const address = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(`moto answers at ${address}`, async () => {
      if (server.exitCode !== null) throw new Error(`moto ended with code ${server.exitCode}`);
      return answers(`${address}/moto-api/`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: "running",
    address,
    stop: async () => {
      process.removeListener("exit", orphan);
      await stop();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  // Until it listens, the connection is refused.
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
