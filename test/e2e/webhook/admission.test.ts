import { KubernetesClient } from "@sluice/kubernetes";
import { parsePlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { azureKeyVaultSecretCrd } from "./azure-key-vault-secret-crd.js";
import { startOtherWebhook } from "./other-webhook.js";
import {
  ask,
  must,
  newNamespace,
  register,
  type Said,
  startWebhook,
  type StartedWebhook,
} from "./support.js";

const LABELS = { webhook: "sluice" };
const WEB: Container = {
  name: "web",
  image: "shop/web",
  command: ["/web"],
  env: [{ name: "DB", value: "secret://prod/db" }],
};
const pod = (name: string, spec: Partial<Pod["spec"]> = {}, annotations: Record<string, string> = {}) => ({
  metadata: { name, annotations },
  spec: { containers: [WEB], ...spec },
});

const planOf = ({ env = [] }: Container) =>
  parsePlan(env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? "");

await describeOnKubernetes("pods that are created through an API server", (cluster) => {
  let webhook: StartedWebhook;
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });

  beforeAll(async () => {
    webhook = await startWebhook(client);
    const at = `https://${webhook.address}`;
    await register(cluster, "Mutating", "mutate", `${at}/mutate`, webhook.caBundle);
    await register(cluster, "Validating", "validate", `${at}/validate`, webhook.caBundle);
    const namespace = await newNamespace(cluster, LABELS);
    await waitUntil("the API server asks the webhook", async () => {
      const { body } = await create(namespace, pod(`first-${Math.random().toString(36).slice(2)}`));
      return JSON.stringify(body).includes("SLUICE_PLAN");
    });
  });

  afterAll(async () => {
    await webhook.stop();
    client[Symbol.dispose]();
  });

  async function create(namespace: string, body: unknown, query = ""): Promise<Said> {
    return ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods${query}`, body);
  }

  async function created(namespace: string, body: unknown): Promise<Pod> {
    return (await must(create(namespace, body))) as unknown as Pod;
  }

  it("come out changed, with all kinds of containers", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const { spec } = await created(
      namespace,
      pod("web", {
        initContainers: [
          { ...WEB, name: "migrate" },
          { ...WEB, name: "proxy", restartPolicy: "Always" },
        ],
        containers: [WEB, { name: "plain", image: "plain" }],
      }),
    );
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-install", "migrate", "proxy"]);
    for (const container of [...spec.containers.slice(0, 1), ...(spec.initContainers ?? []).slice(1)]) {
      expect(container.command).toEqual(["/sluice/sluice-launch", "exec", "--", "/web"]);
      expect(planOf(container)).toMatchObject({ container: container.name, env: { DB: "secret://prod/db" } });
    }
    expect(spec.containers[1]?.env).toBeUndefined();
  });

  it("are what they were when they come again, status annotations or not", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const first = await created(namespace, pod("web"));
    const { name: _, ...metadata } = { name: "", annotations: { "sluice.dev/status": "injected" } };
    const again = await created(namespace, {
      metadata: { ...metadata, name: "again" },
      spec: withoutToken(first),
    });
    expect(withoutToken(again)).toEqual(withoutToken(first));
    const forged = await created(namespace, pod("forged", {}, { "sluice.dev/status": "injected" }));
    expect(withoutToken(forged).containers).toEqual(withoutToken(first).containers);
  });

  it("stay of the class that their author gave them", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const amounts = { cpu: "1000m", memory: "64Mi" };
    for (const [name, resources, qosClass] of [
      ["guaranteed", { limits: amounts }, "Guaranteed"],
      ["burstable", { requests: amounts }, "Burstable"],
    ] as const) {
      const { status, spec } = (await created(
        namespace,
        pod(name, { containers: [{ ...WEB, resources }] }),
      )) as Pod & { readonly status: object };
      expect(spec.initContainers).toHaveLength(1);
      expect(status).toMatchObject({ qosClass });
    }
  });

  it("are left alone where nothing is asked for", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const { spec } = await created(namespace, pod("plain", { containers: [{ ...WEB, env: [] }] }));
    expect(JSON.stringify(spec)).not.toContain("sluice-");
  });

  it("leave no trace in a dry run", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const { status, body } = await create(namespace, pod("dry"), "?dryRun=All");
    expect(status).toBe(201);
    expect(JSON.stringify(body)).toContain("SLUICE_PLAN");
    const list = await must(ask(cluster, "GET", `/api/v1/namespaces/${namespace}/pods`));
    expect(list["items"]).toEqual([]);
    const secrets = await must(ask(cluster, "GET", `/api/v1/namespaces/${namespace}/secrets`));
    expect(secrets["items"]).toEqual([]);
  });

  it("are denied with every problem and its remedy, as the client sees it", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const { status, body } = await create(
      namespace,
      pod(
        "bad",
        {
          containers: [
            { ...WEB, args: ["--db=$(DB)"] },
            { ...WEB, name: "b", command: [] },
          ],
        },
        {
          "sluice.dev/exclude-containers": "wbe",
        },
      ),
    );
    expect(status).toBe(422);
    expect(body.message).toContain('names container "wbe", which the pod does not have. It has: web, b.');
    expect(body.message).toContain('Container "web": an argument is made from $(DB)');
    expect(body.message).toContain('Container "b" has no command');
    expect(body.message).toContain("sluice.dev/command-b");
  });

  it("take the command that an annotation states", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const container = { ...WEB, command: [], args: ["--x"] };
    const { spec } = await created(
      namespace,
      pod("stated", { containers: [container] }, { "sluice.dev/command-web": '["/entry", "a"]' }),
    );
    expect(spec.containers[0]).toMatchObject({
      command: ["/sluice/sluice-launch", "exec", "--", "/entry", "a"],
      args: ["--x"],
    });
  });

  it("are warned of probes that would see a reference", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    const readinessProbe = { exec: { command: ["sh", "-c", 'psql "$DB" -c "select 1"'] } };
    const said = await create(namespace, pod("probe", { containers: [{ ...WEB, readinessProbe }] }));
    expect(said.status).toBe(201);
    expect(said.warnings.join()).toContain("readinessProbe uses DB, and sees its reference there");
    expect(said.body).toMatchObject({ spec: { containers: [{ readinessProbe }] } });
  });

  it("are injected in a namespace that enforces Pod Security restricted", async () => {
    const namespace = await newNamespace(cluster, {
      ...LABELS,
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    const securityContext = {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    };
    const { spec } = await created(namespace, pod("strict", { containers: [{ ...WEB, securityContext }] }));
    expect(spec.initContainers).toHaveLength(1);
    expect((await create(namespace, pod("lax"))).status).toBe(403);
  });

  it("are asked for again when another webhook adds a container with a reference", async () => {
    const other = await startOtherWebhook();
    try {
      // Named to be asked after ours.
      await register(cluster, "Mutating", "other", other.url, other.caBundle);
      const namespace = await newNamespace(cluster, LABELS);
      let found: Pod | undefined;
      await waitUntil("the other webhook is asked", async () => {
        const name = `p-${Math.random().toString(36).slice(2)}`;
        const { body } = await create(namespace, pod(name));
        found = body as unknown as Pod;
        return JSON.stringify(body).includes("MESH_KEY");
      });
      const [mesh, web] = found?.spec.containers ?? [];
      expect([mesh?.name, web?.name]).toEqual(["mesh", "web"]);
      expect(planOf(mesh as Container).env).toEqual({ MESH_KEY: "secret://prod/mesh" });
      for (const container of [mesh, web])
        expect(container?.command?.filter((part) => part === "exec")).toHaveLength(1);
      expect(found?.spec.initContainers).toHaveLength(1);
      expect(found?.spec.volumes?.filter(({ name }) => name.startsWith("sluice-"))).toHaveLength(3);
    } finally {
      await ask(
        cluster,
        "DELETE",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/other",
      );
      await other.stop();
    }
  });

  it("cannot be given an ephemeral container that asks for secrets", async () => {
    const namespace = await newNamespace(cluster, LABELS);
    await created(namespace, pod("web"));
    const path = `/api/v1/namespaces/${namespace}/pods/web/ephemeralcontainers`;
    const debug = (env: Container["env"]) => ({
      spec: { ephemeralContainers: [{ name: "debug", image: "busybox", command: ["sh"], env }] },
    });
    const patch = "application/strategic-merge-patch+json";
    const refused = await ask(cluster, "PATCH", path, debug(WEB.env ?? []), patch);
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain('Container "debug": it is an ephemeral container');
    expect((await ask(cluster, "PATCH", path, debug([]), patch)).status).toBe(200);
  });

  describe("that name objects", () => {
    it("are given what a ConfigMap applied just before says, and what a Secret says", async () => {
      const namespace = await newNamespace(cluster, LABELS);
      const at = `/api/v1/namespaces/${namespace}`;
      await must(
        ask(cluster, "POST", `${at}/secrets`, {
          metadata: { name: "keys" },
          stringData: { KEY: "secret://prod/from-secret", PLAIN: "hunter2" },
        }),
      );
      for (const round of [1, 2, 3]) {
        await must(
          ask(cluster, "POST", `${at}/configmaps`, {
            metadata: { name: `settings-${round}` },
            data: { FROM_MAP: `secret://prod/round-${round}` },
          }),
        );
        const container: Container = {
          name: "web",
          image: "shop/web",
          command: ["/web"],
          envFrom: [{ configMapRef: { name: `settings-${round}` } }, { secretRef: { name: "keys" } }],
          env: [{ name: "URL", value: "$(PLAIN)@${secret://prod/x}" }],
        };
        const { spec } = await created(namespace, pod(`web-${round}`, { containers: [container] }));
        expect(planOf(spec.containers[0] as Container).env).toEqual({
          FROM_MAP: `secret://prod/round-${round}`,
          KEY: "secret://prod/from-secret",
          URL: [{ var: "PLAIN" }, "@${secret://prod/x}"],
        });
        expect(JSON.stringify(spec)).not.toContain("hunter2");
      }
      expect(webhook.logged.join()).not.toContain("hunter2");
    });

    it("are admitted with a warning when one is not there yet", async () => {
      const namespace = await newNamespace(cluster, LABELS);
      const container = { ...WEB, envFrom: [{ configMapRef: { name: "later" } }] };
      const said = await create(namespace, pod("web", { containers: [container] }));
      expect(said.status).toBe(201);
      expect(said.warnings.join()).toContain('ConfigMap "later" is not there yet');
    });

    it("are given what an AzureKeyVaultSecret describes, in the version that is served", async () => {
      const namespace = await newNamespace(cluster, {
        ...LABELS,
        "azure-key-vault-env-injection": "enabled",
      });
      const container = { ...WEB, env: [{ name: "DB", value: "db@azurekeyvault?password" }] };
      const early = await create(namespace, pod("early", { containers: [container] }));
      expect(early.body.message).toContain('names AzureKeyVaultSecret "db", which namespace');
      await must(
        ask(
          cluster,
          "POST",
          "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          azureKeyVaultSecretCrd("v1", "v1alpha1"),
        ),
      );
      const path = `/apis/spv.no/v1/namespaces/${namespace}/azurekeyvaultsecrets`;
      await waitUntil("the resource is served", async () => (await ask(cluster, "GET", path)).status === 200);
      await must(
        ask(cluster, "POST", path, {
          apiVersion: "spv.no/v1",
          kind: "AzureKeyVaultSecret",
          metadata: { name: "db" },
          spec: { vault: { name: "acme-prod", object: { name: "db-login", type: "secret" } } },
        }),
      );
      const { spec } = await created(namespace, pod("web", { containers: [container] }));
      expect(planOf(spec.containers[0] as Container).env).toEqual({
        DB: "secret://acme-prod/db-login?decode=password",
      });
      const other = await newNamespace(cluster, LABELS);
      const left = await created(other, pod("web", { containers: [container] }));
      expect(JSON.stringify(left)).not.toContain("SLUICE_PLAN");
    });
  });

  it("are refused as they are where only the validating webhook is asked", async () => {
    const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/mutate";
    await must(ask(cluster, "DELETE", path));
    const namespace = await newNamespace(cluster, LABELS);
    let refused: Said | undefined;
    await waitUntil("the mutating webhook is asked no more", async () => {
      refused = await create(namespace, pod(`p-${Math.random().toString(36).slice(2)}`));
      return refused.status !== 201;
    });
    expect(refused?.status).toBe(422);
    expect(refused?.body.message).toContain('Container "web" holds references that nothing would fill');
    await register(cluster, "Mutating", "mutate", `https://${webhook.address}/mutate`, webhook.caBundle);
  });
});

/** A pod's spec without what the API server adds for each pod by a name of its own. */
function withoutToken({ spec }: Pod): Pod["spec"] {
  return JSON.parse(
    JSON.stringify(spec, (_, value: unknown) =>
      Array.isArray(value)
        ? value.filter(
            (entry) => !String((entry as { name?: unknown } | null)?.name).startsWith("kube-api-access"),
          )
        : value,
    ),
  ) as Pod["spec"];
}
