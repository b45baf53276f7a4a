import { containerProgram } from "./engine/server-image.js";
import { motoProgram } from "./python/install-moto.js";
import { freePort } from "./shared/free-port.js";
import { serversRequired, type RunningServer, type Unavailable } from "./shared/server.js";
import { ServerProcess } from "./shared/server-process.js";
import { installed, type ServerProgram } from "./shared/server-program.js";
import { waitUntil } from "./shared/wait-until.js";

const MISSING =
  "there is no moto: start a container engine, set SLUICE_REQUIRE_SERVERS=1 to install it, or SLUICE_AWS_ENDPOINT to its address";

/** An AWS-compatible server, moto, with nothing in it: the one at `SLUICE_AWS_ENDPOINT`, else one on a free port. */
export async function startAws(): Promise<RunningServer | Unavailable> {
  const address = process.env["SLUICE_AWS_ENDPOINT"];
  if (address !== undefined) return { kind: "running", address, stop: async () => {} };
  const python = await motoPython();
  return python === undefined ? { kind: "unavailable", reason: MISSING } : startMoto(python);
}

/**
 * A Python that has moto: in a container if an engine runs, else the one that was installed, which it is now if
 * servers are required.
 */
export async function motoPython(pull?: { readonly pull: boolean }): Promise<ServerProgram | undefined> {
  const contained = await containerProgram("moto", "python", pull);
  if (contained) return contained;
  const path = await motoProgram({ install: serversRequired() });
  return path === undefined ? undefined : installed(path);
}

async function startMoto(python: ServerProgram): Promise<RunningServer> {
  const port = await freePort();
  const server = new ServerProcess({
    program: python,
    args: ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
    // It would ask the instance metadata service for a role otherwise.
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  });
  const address = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(`moto answers at ${address}`, async () => {
      server.assertRunning();
      return answers(`${address}/moto-api/`);
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { kind: "running", address, stop: async () => server.stop() };
}

async function answers(url: string): Promise<boolean> {
  // Until it listens, the connection is refused.
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
