import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPod, KubernetesClient, type Pod } from "@sluice/kubernetes";
import { STORE_API_VERSION } from "@sluice/kubernetes/stores";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type ContainerImages, containerImages } from "../../servers/containers/container-images.js";
import { type ContainerEnd, runContainer } from "../../servers/containers/run-container.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { containerToken } from "../broker/test-pods.js";
import { ask, must, newNamespace, type Said } from "../webhook/support.js";
import { type DeployedProcess, startDeployed, templateOf } from "./deployed-process.js";
import { applyManifest, find, type Manifest, readManifests } from "./manifests.js";

const SYSTEM = "sluice-system";
const INJECTED = { "sluice.dev/injection": "enabled", "pod-security.kubernetes.io/enforce": "restricted" };
const VALUE = "VALUE-deployed-71c3";
const calm = () => ({ signal: AbortSignal.timeout(10_000) });

const [base, crds] = await Promise.all([readManifests("base"), readManifests("crds")]);
const program = await launcherProgram();

await describeOnKubernetes("the deployment, applied as it is", (cluster) => {
  const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  const applied = new Map<Manifest, Said>();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-deploy-"));
    for (const manifest of [...crds, ...base]) applied.set(manifest, await applyManifest(cluster, manifest));
  });
  afterAll(async () => {
    admin[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([...crds, ...base].map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    "%s %s is taken whole, without a warning",
    (_kind, _name, manifest) => {
      const { status, warnings, body } = applied.get(manifest) as Said;
      expect([status, body.message, warnings]).toEqual([201, undefined, []]);
    },
  );

  it("is the same when it is applied again", async () => {
    for (const manifest of base) {
      const { status, body } = await applyManifest(cluster, manifest);
      const before = applied.get(manifest)?.body["metadata"] as { readonly generation?: number };
      expect([status, (body["metadata"] as { readonly generation?: number }).generation]).toEqual([
        200,
        before.generation,
      ]);
    }
  });

  it.each(["sluice-webhook", "sluice-broker"])("pods of %s satisfy Pod Security restricted", async (name) => {
    const { spec } = templateOf(base, name);
    const pods = `/api/v1/namespaces/${SYSTEM}/pods?dryRun=All`;
    const { status, body, warnings } = await ask(cluster, "POST", pods, { metadata: { name }, spec });
    expect([status, body.message, warnings]).toEqual([201, undefined, []]);
  });

  it("gives the broker the rights that are documented", async () => {
    const documented = parseAllDocuments(
      await readFile(new URL("../../../docs/broker-rbac.yaml", import.meta.url), "utf8"),
    ).map((document) => document.toJS() as Manifest);
    for (const { kind, metadata, rules, roleRef, subjects } of documented)
      expect(find(base, kind, metadata.name)).toMatchObject({
        ...(rules !== undefined && { rules }),
        ...(roleRef !== undefined && { roleRef, subjects }),
      });
  });

  it("gives the webhook no right that is not documented", async () => {
    const page = await readFile(new URL("../../../docs/webhook.md", import.meta.url), "utf8");
    const documented = Array.from(page.matchAll(/^\|([^|]*)\|([^|]*)\|$/gm), ([, what = "", verbs = ""]) => ({
      resources: Array.from(what.matchAll(/`([a-z]+)`/g), ([, resource]) => resource),
      verbs,
    }));
    const rules = ["ClusterRole", "Role"].flatMap(
      (kind) => find(base, kind, "sluice-webhook")["rules"] as readonly Rule[],
    );
    for (const { apiGroups, resources, verbs } of rules)
      for (const resource of resources.filter(() => apiGroups[0] !== "admissionregistration.k8s.io"))
        for (const verb of verbs)
          expect(
            documented.some((row) => row.resources.includes(resource) && row.verbs.includes(`\`${verb}\``)),
            `${verb} ${resource}`,
          ).toBe(true);
  });

  it.each([
    ["sluice-broker", "get", "", "secrets", SYSTEM, undefined],
    ["sluice-broker", "list", "", "secrets", "shop", undefined],
    ["sluice-broker", "create", "", "pods", "shop", undefined],
    ["sluice-webhook", "get", "", "secrets", "shop", "any"],
    ["sluice-webhook", "get", "", "secrets", SYSTEM, "any"],
    ["sluice-webhook", "list", "", "secrets", SYSTEM, undefined],
    ["sluice-webhook", "list", "", "configmaps", "shop", undefined],
    ["sluice-webhook", "create", "", "pods", "shop", undefined],
    [
      "sluice-webhook",
      "patch",
      "admissionregistration.k8s.io",
      "mutatingwebhookconfigurations",
      undefined,
      "other",
    ],
    ["sluice-webhook", "create", "authentication.k8s.io", "tokenreviews", undefined, undefined],
  ])("gives %s no right to %s %s %s in %s", async (account, verb, group, resource, namespace, name) => {
    const user = `system:serviceaccount:${SYSTEM}:${account}`;
    const resourceAttributes = { verb, group, resource, namespace, name };
    const { status } = (await must(
      ask(cluster, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        spec: { user, groups: ["system:serviceaccounts", "system:authenticated"], resourceAttributes },
      }),
    )) as unknown as { readonly status: { readonly allowed: boolean } };
    expect(status.allowed).toBe(false);
  });

  describe.skipIf(program === undefined)("at work, with no more than its rights", () => {
    let images: ContainerImages;
    let webhook: DeployedProcess;
    let broker: DeployedProcess;
    let namespace: string;

    beforeAll(async () => {
      images = await containerImages();
      const more = { cluster, admin, manifests: base, folder };
      webhook = await startDeployed({
        ...more,
        name: "sluice-webhook",
        args: ["--namespace", SYSTEM, "--tls-name", "localhost"],
      });
      await reachByUrl(webhook.port);
      await writeBrokerFiles();
      const args = ["--tls-cert", "tls/tls.crt", "--tls-key", "tls/tls.key"];
      broker = await startDeployed({ ...more, name: "sluice-broker", args });
      const access = [{ namespaces: ["*"], serviceAccounts: ["default"], paths: ["**"] }];
      await writeFile(join(folder, "secrets.env"), `db=${VALUE}\n`, { mode: 0o600 });
      const store = { apiVersion: STORE_API_VERSION, kind: "ClusterSecretStore", metadata: { name: "prod" } };
      const spec = { provider: "file", options: { path: "secrets.env" }, access };
      await must(applyManifest(cluster, { ...store, spec }));
      namespace = await newNamespace(cluster, INJECTED);
      await waitUntil(
        "pods are injected",
        async () => (await create({ DB: "secret://prod/db" })).status === 201,
      );
      await installLauncher();
    }, 300_000);

    afterAll(async () => {
      await webhook.stop();
      await broker.stop();
    });

    /** As the API server would find it by its Service, had it a network to find it in. */
    async function reachByUrl(port: number): Promise<void> {
      for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]) {
        const manifest = find(base, kind, "sluice-webhook") as unknown as Configuration;
        const webhooks = manifest.webhooks.map(({ clientConfig, ...others }) => ({
          ...others,
          clientConfig: { url: `https://localhost:${port}${clientConfig.service.path}` },
        }));
        const query = "?fieldManager=kubectl";
        const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s/sluice-webhook${query}`;
        await must(ask(cluster, "PATCH", path, { ...manifest, webhooks }, "application/apply-patch+yaml"));
      }
    }

    /** As the kubelet would: of the Secret that the webhook wrote, what the volume takes. */
    async function writeBrokerFiles(): Promise<void> {
      const [volume] = templateOf(base, "sluice-broker").spec.volumes as [TlsVolume];
      const path = `/api/v1/namespaces/${SYSTEM}/secrets/${volume.secret.secretName}`;
      const { data } = (await must(ask(cluster, "GET", path))) as unknown as Pick<SecretObject, "data">;
      await mkdir(join(folder, "tls"));
      for (const item of volume.secret.items)
        await writeFile(join(folder, "tls", item.path), Buffer.from(data[item.key] ?? "", "base64"));
    }

    async function installLauncher(): Promise<void> {
      await chmod(folder, 0o755);
      await mkdir(join(folder, "launcher"));
      await copyFile(program ?? "", join(folder, "launcher/sluice-launch"));
      await chmod(join(folder, "launcher/sluice-launch"), 0o555);
    }

    let count = 0;
    async function create(
      env: Readonly<Record<string, string>>,
      { args = ["printenv", "DB", "URL"], in: where = namespace } = {},
    ): Promise<Said> {
      count += 1;
      const securityContext = {
        runAsNonRoot: true,
        runAsUser: 65_532,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      };
      const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
      const container = { name: "web", image: "debian", command: args, env: variables, securityContext };
      return ask(cluster, "POST", `/api/v1/namespaces/${where}/pods`, {
        metadata: { name: `web-${count}` },
        spec: { automountServiceAccountToken: false, containers: [container] },
      });
    }

    /** What a node does with the pod's container: its command, its environment, its volumes. */
    async function run(pod: Pod): Promise<ContainerEnd> {
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
      const { spec } = (await must(ask(cluster, "GET", path))) as unknown as { readonly spec: WrittenPod };
      const [{ command, env }] = spec.containers;
      const tokens = join(folder, `tokens-${pod.name}`);
      await mkdir(tokens);
      await writeFile(join(tokens, "token"), await containerToken(admin, pod, "web"));
      const variables = env.map(({ name, value }) =>
        // Nothing routes to a cluster IP here.
        name === "SLUICE_SOURCE" ? `${name}=https://127.0.0.1:${broker.port}` : `${name}=${value}`,
      );
      return runContainer(images, {
        root: images.roots.debian,
        args: command,
        env: ["PATH=/usr/bin:/bin", ...variables],
        user: 65_532,
        memoryMiB: 32,
        volumes: { "/sluice": join(folder, "launcher"), "/var/run/secrets/sluice": tokens },
      });
    }

    it("brings a secret from a store into a container", async () => {
      const said = await create({ DB: "secret://prod/db", URL: "db://u:${secret://prod/db}@h" });
      expect(said.status).toBe(201);
      const pod = await getPod(admin, { namespace, name: `web-${count}` }, calm());
      expect(await run(pod)).toEqual({ code: 0, stdout: `${VALUE}\ndb://u:${VALUE}@h\n`, stderr: "" });
      expect(webhook.said() + broker.said() + JSON.stringify(said.body)).not.toContain(VALUE);
      expect(broker.said()).toContain('"event":"released"');
    });

    it("writes the cluster IP of the broker's Service, its name, and the root of its certificate into the plan", async () => {
      const { body } = await create({ DB: "secret://prod/db" });
      const [{ env }] = (body["spec"] as WrittenPod).containers;
      const service = await must(ask(cluster, "GET", `/api/v1/namespaces/${SYSTEM}/services/sluice-broker`));
      const { clusterIP } = service["spec"] as { readonly clusterIP: string };
      expect(env.find(({ name }) => name === "SLUICE_SOURCE")?.value).toBe(`https://${clusterIP}:8443`);
      const { source } = JSON.parse(env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? "") as {
        readonly source: { readonly serverName: string; readonly roots: string };
      };
      expect(source.serverName).toBe("sluice-broker.sluice-system.svc");
      expect(source.roots.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    });

    it("says in the status of a store whether it answers, by the broker's Lease", async () => {
      const path = "/apis/sluice.dev/v1alpha1/clustersecretstores/prod";
      await waitUntil("it is said", async () => {
        const { status } = (await must(ask(cluster, "GET", path))) as unknown as StoreObject;
        return status?.conditions[0].status === "True";
      });
      const leases = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/sluice-broker`;
      expect((await must(ask(cluster, "GET", leases)))["spec"]).toMatchObject({
        holderIdentity: "sluice-broker-0",
      });
    });

    it("is asked by the label of akv2k8s, too", async () => {
      const akv = await newNamespace(cluster, { "azure-key-vault-env-injection": "enabled" });
      let message: string | undefined;
      await waitUntil("the namespace is known", async () => {
        ({ message } = (await create({ DB: "db@azurekeyvault" }, { in: akv })).body);
        return message?.includes("sluice:") === true;
      });
      expect(message).toContain('names AzureKeyVaultSecret "db"');
    });

    it("leaves a namespace without the label alone, where the policy refuses references", async () => {
      const other = await newNamespace(cluster);
      expect((await create({ A: "a" }, { in: other })).status).toBe(201);
      const { status, body } = await create({ DB: "secret://prod/db" }, { in: other });
      expect(status).toBe(422);
      expect(body.message).toContain("Label the namespace sluice.dev/injection=enabled");
    });

    it("may be applied again: the roots that the webhook wrote stay", async () => {
      const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/sluice-webhook";
      const trusted = async (): Promise<unknown[]> => {
        const { webhooks } = (await must(ask(cluster, "GET", path))) as unknown as Configuration;
        return webhooks.map(({ clientConfig }) => clientConfig.caBundle);
      };
      const before = await trusted();
      expect(before).toEqual([expect.stringMatching(/^LS0t/), before[0]]);
      await reachByUrl(webhook.port);
      expect(await trusted()).toEqual(before);
    });

    it("stays far below its memory limits when it is idle", async () => {
      for (const [name, started] of [
        ["sluice-webhook", webhook],
        ["sluice-broker", broker],
      ] as const) {
        const [{ resources }] = templateOf(base, name).spec.containers;
        const limit = Number.parseInt(resources.limits.memory, 10) * 1024 * 1024;
        const used = await started.memory();
        process.stdout.write(`${name}: ${Math.round(used / 1024 / 1024)} MiB\n`);
        expect(used / limit).toBeLessThan(0.7);
      }
    });

    it("was never refused a right", () => {
      for (const started of [webhook, broker])
        expect(started.said()).not.toMatch(/forbidden|cannot be|"level":"error"/i);
    });

    it("stopped, lets pods be created that ask for nothing, and no others", async () => {
      expect(await webhook.stop()).toBe(0);
      await waitUntil("nobody answers", async () => {
        const { body } = await create({ DB: "secret://prod/db" });
        return body.message?.includes("failed calling webhook") === true;
      });
      expect((await create({}, { args: ["true"] })).status).toBe(201);
      const kubeSystem = await must(ask(cluster, "GET", "/api/v1/namespaces/kube-system"));
      expect(kubeSystem["metadata"]).toMatchObject({ name: "kube-system" });
    });
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Configuration extends Manifest {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service: { readonly path: string }; readonly caBundle?: string };
  }[];
}

interface TlsVolume {
  readonly secret: {
    readonly secretName: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}

interface SecretObject {
  readonly data: Readonly<Record<string, string>>;
}

interface StoreObject {
  readonly status?: { readonly conditions: readonly [{ readonly status: string }] };
}

interface WrittenPod {
  readonly containers: readonly [
    {
      readonly command: readonly string[];
      readonly env: readonly { readonly name: string; readonly value: string }[];
    },
  ];
}
