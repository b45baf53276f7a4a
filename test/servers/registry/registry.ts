import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../shared/cache-folder.js";
import { unpackPackages } from "../containers/debian-packages.js";
import { freePort } from "../shared/free-port.js";
import { serversRequired, type RunningServer, type Unavailable } from "../shared/server.js";
import { waitUntil } from "../shared/wait-until.js";

export interface RunningRegistry extends RunningServer {
  /** `127.0.0.1:PORT`, as images name it; plain HTTP. */
  readonly host: string;
}

/** Whom a registry believes: users of a file, or tokens that somebody signs. */
export type RegistryAccess =
  | { readonly htpasswd: string }
  | {
      readonly token: {
        readonly realm: string;
        readonly service: string;
        readonly issuer: string;
        /** PEM. */
        readonly roots: string;
      };
    };

/** An OCI registry, `docker-registry` of Debian's, with nothing in it; open to all unless it is told whom to believe. */
export async function startRegistry(access?: RegistryAccess): Promise<RunningRegistry | Unavailable> {
  if (!serversRequired() && process.platform !== "linux")
    return { kind: "unavailable", reason: "docker-registry comes from Debian's packages" };
  const program = cacheFolder("docker-registry");
  await unpackPackages(["docker-registry"], program);
  const work = await mkdtemp(join(tmpdir(), "sluice-registry-"));
  const port = await freePort();
  const auth = access === undefined ? {} : { auth: await authOf(access, work) };
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(work, "data") } },
    http: { addr: `127.0.0.1:${port}`, secret: randomBytes(8).toString("hex") },
    ...auth,
  };
  // JSON is YAML.
  await writeFile(join(work, "config.yml"), JSON.stringify(config));
  const server = spawn(join(program, "usr/bin/docker-registry"), ["serve", join(work, "config.yml")], {
    stdio: "ignore",
  });
  const exited = once(server, "exit");
  const kill = (): unknown => server.kill("SIGKILL");
  process.once("exit", kill);
  const host = `127.0.0.1:${port}`;
  const address = `http://${host}`;
  const answers = (): Promise<boolean> =>
    fetch(`${address}/v2/`).then(
      () => true,
      () => false,
    );
  await waitUntil(`a registry answers at ${address}`, answers);
  return {
    kind: "running",
    host,
    address,
    stop: async () => {
      process.removeListener("exit", kill);
      kill();
      await exited;
      await rm(work, { recursive: true, force: true });
    },
  };
}

async function authOf(access: RegistryAccess, folder: string): Promise<object> {
  if ("htpasswd" in access) {
    const path = join(folder, "htpasswd");
    await writeFile(path, access.htpasswd);
    return { htpasswd: { realm: "registry", path } };
  }
  const { roots, ...token } = access.token;
  const rootcertbundle = join(folder, "roots.pem");
  await writeFile(rootcertbundle, roots);
  return { token: { ...token, rootcertbundle } };
}
