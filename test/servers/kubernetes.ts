import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditFlags, type AuditedRequest, readAudit } from "./kubernetes-audit.js";
import { type KubernetesBinaries, kubernetesBinaries } from "./kubernetes-binaries.js";
import { type KubernetesTokens, writeServerFiles } from "./kubernetes-files.js";
import { kubeconfigText } from "./kubernetes-kubeconfig.js";
import { freePort } from "./shared/free-port.js";
import type { RunningServer, Unavailable } from "./shared/server.js";
import { ServerProcess } from "./shared/server-process.js";
import type { ServerProgram } from "./shared/server-program.js";
import { waitUntil } from "./shared/wait-until.js";

/** A real control plane: etcd and kube-apiserver with RBAC, no nodes and no controllers. */
export interface RunningKubernetes extends RunningServer, KubernetesTokens {
  /** Path of a kubeconfig with the contexts `admin`, the current one, and `limited`. */
  readonly kubeconfig: string;
  /** What its certificate is verified with, PEM. */
  readonly caCert: string;
  /** Where its etcd answers. */
  readonly etcdAddress: string;
  /** Kills the API server, as a crash would; its etcd stays. */
  killApiServer(): Promise<void>;
  /** Starts the API server again where it was; settles when it is ready. */
  startApiServer(): Promise<void>;
  /** What it was asked so far, and decided; nothing unless it was started with an audit. */
  audit(): Promise<AuditedRequest[]>;
}

export interface KubernetesSettings {
  /** Whether the API server keeps recent changes of its own; without, it knows what etcd still has. True by default. */
  readonly watchCache?: boolean;
  /** Whether it keeps a record of what it is asked. False by default. */
  readonly audit?: boolean;
}

/** Starts a control plane with nothing in it; see {@link kubernetesBinaries} for where it comes from. */
export async function startKubernetes(
  settings: KubernetesSettings = {},
): Promise<RunningKubernetes | Unavailable> {
  const binaries = await kubernetesBinaries();
  if (binaries === undefined)
    return {
      kind: "unavailable",
      reason:
        "there is no kube-apiserver: start a container engine, set SLUICE_REQUIRE_SERVERS=1 to build it, or KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd",
    };
  const folder = await mkdtemp(join(tmpdir(), "sluice-kubernetes-"));
  const processes: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const started of processes.toReversed()) await started.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await start(binaries, folder, processes, settings)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  binaries: KubernetesBinaries,
  folder: string,
  processes: ServerProcess[],
  { watchCache = true, audit = false }: KubernetesSettings,
): Promise<Omit<RunningKubernetes, "stop">> {
  const [clientPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const [etcdAddress, peer] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
  const address = `https://127.0.0.1:${port}`;
  const tokens = await writeServerFiles(folder);
  const etcd = startProgram(binaries.etcd, folder, {
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": etcdAddress,
    "advertise-client-urls": etcdAddress,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `default=${peer}`,
    "unsafe-no-fsync": "true",
    "log-level": "error",
  });
  processes.push(etcd);
  const certificate = join(folder, "certificates", "apiserver.crt");
  const audited = audit ? await auditFlags(folder) : {};
  let apiServer: ServerProcess | undefined;
  const startApiServer = async (): Promise<void> => {
    const started = startProgram(binaries.apiServer, folder, {
      "etcd-servers": etcdAddress,
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "secure-port": String(port),
      "cert-dir": join(folder, "certificates"),
      "token-auth-file": join(folder, "tokens.csv"),
      "authorization-mode": "RBAC",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": join(folder, "accounts.key"),
      "service-account-signing-key-file": join(folder, "accounts.key"),
      "service-cluster-ip-range": "10.0.0.0/24",
      "endpoint-reconciler-type": "none",
      "watch-cache": String(watchCache),
      ...audited,
    });
    apiServer = started;
    processes.push(started);
    await waitUntil(
      `kube-apiserver is ready at ${address}`,
      async () => {
        etcd.assertRunning();
        started.assertRunning();
        return isReady(address, tokens.adminToken, certificate);
      },
      { timeoutMs: 120_000 },
    );
  };
  const killApiServer = async (): Promise<void> => apiServer?.stop();
  await startApiServer();
  const caCert = await readFile(certificate, "utf8");
  const users = { admin: tokens.adminToken, limited: tokens.limitedToken };
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigText({ server: address, caCert, tokens: users }), { mode: 0o600 });
  const control = { killApiServer, startApiServer, audit: async () => (audit ? readAudit(folder) : []) };
  return { kind: "running", address, etcdAddress, kubeconfig, caCert, ...tokens, ...control };
}

function startProgram(
  program: ServerProgram,
  folder: string,
  flags: Readonly<Record<string, string>>,
): ServerProcess {
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  return new ServerProcess({ program, args, folders: [folder] });
}

async function isReady(address: string, token: string, certificate: string): Promise<boolean> {
  // It writes its certificate, then listens, then gets ready.
  const ca = await readFile(certificate).catch(() => undefined);
  if (ca === undefined) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const headers = { authorization: `Bearer ${token}` };
  const asked = request(`${address}/readyz`, { ca, headers, agent: false, timeout: 5000 }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  asked.on("timeout", () => asked.destroy());
  asked.on("error", () => resolve(false));
  asked.end();
  return promise;
}
