import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployTools } from "../../servers/deploy-tools.js";
import { createAuthority } from "../../servers/faults/test-authority.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace, type Said } from "../webhook/support.js";
import { type DeployedProcess, startDeployed } from "./deployed-process.js";
import { applyManifest, DEPLOY, type Manifest, manifestsIn, readManifests } from "./manifests.js";

const OVERLAY = fileURLToPath(new URL("kustomize/overlays/cert-manager", DEPLOY));
const tools = await deployTools();

await describeOnKubernetes("the deployment with cert-manager", (cluster) => {
  describe.skipIf(tools === undefined)("at work, without any right to Secrets", () => {
    const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    let folder: string;
    let webhook: DeployedProcess;
    let namespace: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-deploy-"));
      const authority = await createAuthority("As cert-manager would be");
      const { cert, key } = await authority.issue({ names: ["localhost"] });
      for (const [name, text] of Object.entries({ "tls.crt": cert, "tls.key": key, "ca.crt": authority.ca }))
        await writeFile(join(folder, name), text, { mode: 0o600 });
      const rendered = manifestsIn(await runCommand(tools?.kustomize ?? "", ["build", OVERLAY]));
      const manifests = rendered.filter(({ apiVersion }) => !apiVersion.startsWith("cert-manager.io/"));
      const isConfiguration = ({ kind }: Manifest): boolean => kind.endsWith("WebhookConfiguration");
      for (const manifest of [...(await readManifests("crds")), ...manifests])
        if (!isConfiguration(manifest)) await must(applyManifest(cluster, manifest));
      const files = ["--tls-cert", "tls.crt", "--tls-key", "tls.key", "--broker-roots", "ca.crt"];
      const args = ["--namespace", "sluice-system", ...files];
      webhook = await startDeployed({ cluster, admin, manifests, folder, name: "sluice-webhook", args });
      const caBundle = Buffer.from(authority.ca).toString("base64");
      for (const manifest of manifests.filter(isConfiguration))
        await must(applyManifest(cluster, reachedAt(manifest, webhook.port, caBundle)));
      namespace = await newNamespace(cluster, { "sluice.dev/injection": "enabled" });
      await waitUntil("pods are injected", async () => (await create("first")).status === 201);
    }, 120_000);

    afterAll(async () => {
      await webhook.stop();
      admin[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    });

    async function create(name: string): Promise<Said> {
      const env = [{ name: "DB", value: "secret://prod/db" }];
      return ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name },
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name: "web", image: "web", command: ["/web"], env }],
        },
      });
    }

    it("puts the launcher before commands, and cert-manager's root into plans", async () => {
      const { status, body } = await create("web");
      expect(status).toBe(201);
      expect(body).toMatchObject({
        spec: { containers: [{ command: ["/sluice/sluice-launch", "exec", "--", "/web"] }] },
      });
      expect(JSON.stringify(body)).toContain("BEGIN CERTIFICATE");
      expect(webhook.said()).not.toMatch(/forbidden|cannot be/i);
    });

    it.each(["secrets", "leases"])("has no right to create %s", async (resource) => {
      const group = resource === "leases" ? "coordination.k8s.io" : "";
      const { status } = (await must(
        ask(cluster, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
          spec: {
            user: "system:serviceaccount:sluice-system:sluice-webhook",
            resourceAttributes: { verb: "create", group, resource, namespace: "sluice-system" },
          },
        }),
      )) as unknown as { readonly status: { readonly allowed: boolean } };
      expect(status.allowed).toBe(false);
    });
  });
});

/** As the API server would find it by its Service, with the root that cert-manager writes into it. */
function reachedAt(manifest: Manifest, port: number, caBundle: string): Manifest {
  const { webhooks } = manifest as unknown as {
    readonly webhooks: readonly { readonly clientConfig: { readonly service: { readonly path: string } } }[];
  };
  return {
    ...manifest,
    webhooks: webhooks.map(({ clientConfig: { service }, ...others }) => ({
      ...others,
      clientConfig: { url: `https://localhost:${port}${service.path}`, caBundle },
    })),
  };
}
