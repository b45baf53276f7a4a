import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deployTools } from "../../servers/deploy-tools.js";
import { kubernetesVersion } from "../../servers/kubernetes-binaries.js";
import { startGateway } from "../../servers/kubernetes-gateway.js";
import { kubeconfigText } from "../../servers/kubernetes-kubeconfig.js";
import { kubernetesTools } from "../../servers/kubernetes-tools.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What people type, at a cluster. */
export interface ClusterCommands extends AsyncDisposable {
  /** Runs a script of a shell at the root of the project, with kubectl and Helm; it ends at the first command that fails. */
  shell: (script: string) => Promise<{ readonly stdout: string; readonly stderr: string }>;
}

/** Opens a shell at a cluster, as somebody who may do anything there; `undefined` where there are no such programs. */
export async function clusterCommands(): Promise<
  ((cluster: RunningKubernetes) => Promise<ClusterCommands>) | undefined
> {
  const [tools, deploy] = [await kubernetesTools(), await deployTools()];
  if (tools === undefined || deploy === undefined) return undefined;
  const version = await kubernetesVersion();
  const places = [tools.kubectl, deploy.helm].map((path) => dirname(path));
  const path = [...places, process.env["PATH"] ?? ""].join(":");
  return async (cluster) => {
    const home = await mkdtemp(join(tmpdir(), "sluice-shell-"));
    const gateway = await startGateway(cluster);
    gateway.intercept = (asked, response) => {
      // Nobody sends credentials over plain HTTP.
      asked.headers.authorization = `Bearer ${cluster.adminToken}`;
      // A server that is built from its module does not know its version, which charts ask for.
      if (asked.url?.startsWith("/version") !== true) return false;
      const [major, minor] = version.slice(1).split(".");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ major, minor, gitVersion: version }));
      return true;
    };
    const KUBECONFIG = join(home, "kubeconfig");
    await writeFile(KUBECONFIG, kubeconfigText({ server: gateway.address, tokens: { own: "none" } }));
    // Neither is to write below somebody's home.
    const env = { PATH: path, KUBECONFIG, HOME: home };
    return {
      shell: async (script) =>
        execute("sh", ["-ec", script], { cwd: ROOT, env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 }),
      [Symbol.asyncDispose]: async () => {
        await gateway.stop();
        await rm(home, { recursive: true, force: true });
      },
    };
  };
}
