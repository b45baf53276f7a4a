import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deployTools } from "../../servers/deploy-tools.js";
import { createKubeconfig } from "../../servers/kubernetes-kubeconfig.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { sluice } from "../../support/sluice.js";
import { DEPLOY, type Manifest, manifestsIn, readManifests } from "./manifests.js";
import { templateOf } from "./deployed-process.js";
import { renderChart } from "./render-chart.js";

const tools = await deployTools();

async function kustomize(folder: string): Promise<Manifest[]> {
  return manifestsIn(
    await runCommand(tools?.kustomize ?? "", ["build", fileURLToPath(new URL(folder, DEPLOY))]),
  );
}

/** As the overlay names them. */
const AGENT_STORES = {
  vault: {
    provider: "vault",
    address: "https://vault.vault.svc:8200",
    auth: { kubernetes: { role: "{role}", tokenPath: "/var/run/secrets/sluice-agent/token" } },
  },
};

const byName = (manifests: readonly Manifest[]): Record<string, Manifest> =>
  Object.fromEntries(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]));

/** The namespace of a release is made before it. */
const released = (manifests: readonly Manifest[]): Record<string, Manifest> =>
  byName(manifests.filter(({ kind }) => kind !== "Namespace"));

describe.skipIf(tools === undefined)("rendered by kustomize and Helm", () => {
  it("the base is what its files say", async () => {
    expect(byName(await kustomize("kustomize/base"))).toEqual(byName(await readManifests("base")));
    expect(byName(await kustomize("kustomize/crds"))).toEqual(byName(await readManifests("crds")));
  });

  it.each<readonly [string, readonly string[]]>([
    ["base", []],
    ["overlays/cert-manager", ["tls=cert-manager"]],
    ["overlays/sync", ["sync.enabled=true"]],
    ["overlays/sync-akv2k8s", ["sync.enabled=true", "sync.akv2k8s=true"]],
    ["overlays/sync-eso", ["sync.enabled=true", "sync.eso=true"]],
    ["overlays/sync-restarts", ["sync.enabled=true", "sync.restarts=true"]],
    ["overlays/generator", ["generator.enabled=true"]],
    ["overlays/agent", ["agent.enabled=true", `agent.stores:=${JSON.stringify(AGENT_STORES)}`]],
    ["overlays/ha", ["webhook.replicas=3", "broker.replicas=3", "whenUnsatisfiable=DoNotSchedule"]],
  ])("%s and the chart make the same objects", async (folder, values) => {
    const expected = released(await kustomize(`kustomize/${folder}`));
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(released(await renderChart(...values))).toEqual(expected);
  });

  it.each(["own", "cert-manager"])(
    "what fills objects is rendered only where it is asked for, with %s",
    async (tls) => {
      const without = released(await renderChart(`tls=${tls}`));
      const base = released(
        await kustomize(tls === "own" ? "kustomize/base" : "kustomize/overlays/cert-manager"),
      );
      expect(without).toEqual(base);
      const rendered = released(await renderChart(`tls=${tls}`, "objects.enabled=true"));
      const objects = released(await kustomize("kustomize/objects"));
      expect(Object.keys(rendered)).toEqual(expect.arrayContaining(Object.keys(without)));
      const added = Object.fromEntries(
        Object.entries(rendered).filter(([name]) => !Object.hasOwn(without, name)),
      );
      // What makes certificates is one or the other.
      const kinds = Object.keys(added).filter((name) => !name.startsWith("Certificate "));
      const owned = new Set(["Role sluice-objects", "RoleBinding sluice-objects"]);
      expect(kinds.sort()).toEqual(
        Object.keys(objects)
          .filter((name) => tls === "own" || !owned.has(name))
          .sort(),
      );
      const same = kinds.filter(
        (name) => tls === "own" || /^(ConfigMap|Service|ServiceAccount|NetworkPolicy|Pod\w+) /.test(name),
      );
      for (const name of same) expect({ [name]: added[name] }).toEqual({ [name]: objects[name] });
      const { spec } = templateOf(Object.values(rendered), "sluice-objects");
      expect(spec.containers[0].args.includes("--tls=files")).toBe(tls === "cert-manager");
      expect(JSON.stringify(added).includes("inject-ca-from")).toBe(tls === "cert-manager");
    },
  );

  it("the chart has the API server ask for what else is to be filled", async () => {
    const resource = ["apiGroups={example.dev}", "apiVersions={v1}", "resources={widgets}"];
    const manifests = await renderChart(
      "objects.enabled=true",
      ...resource.map((value) => `objects.rules[0].${value}`),
      "objects.settings.policy[0].namespaces={shop}",
      "objects.settings.policy[0].resources={secrets}",
    );
    const configuration = byName(manifests)["MutatingWebhookConfiguration sluice-objects"];
    expect(configuration).toMatchObject({
      webhooks: [
        { rules: [{}, { apiGroups: ["example.dev"], apiVersions: ["v1"], resources: ["widgets"] }] },
      ],
    });
    const { data } = byName(manifests)["ConfigMap sluice-objects"] as unknown as {
      readonly data: Readonly<Record<string, string>>;
    };
    expect(parse(data["objects.yaml"] ?? "")).toEqual({
      policy: [{ namespaces: ["shop"], resources: ["secrets"] }],
    });
  });

  it("the chart takes what its values offer", async () => {
    const values = ["webhook.lookUpSecrets=true", "broker.recordVersions=false", "broker.onReplay=refuse"];
    const more = [
      "broker.storeStatus=false",
      "policy.enabled=false",
      "networkPolicy.enabled=false",
      "priorityClass.create=false",
    ];
    const image = [
      `image.digest=sha256:${"0".repeat(64)}`,
      "launcher.image.tag=v9",
      "launcher.delivery=image",
    ];
    const lists = [
      "webhook.dialects={sluice,akv2k8s}",
      "webhook.cloudLogins={ecr,gcr}",
      "webhook.extraArgs={--log-level=debug}",
    ];
    const manifests = await renderChart(
      ...values,
      ...more,
      ...image,
      ...lists,
      "imagePullSecrets[0].name=pull",
    );
    expect(manifests.map(({ kind }) => kind)).not.toContain("NetworkPolicy");
    const { spec } = templateOf(manifests, "sluice-webhook");
    expect(spec.containers[0].args).toEqual([
      "webhook",
      "--broker-service=sluice-broker",
      "--broker-tls-secret=sluice-broker-tls",
      "--launcher-image=ghcr.io/sluice-secrets/sluice-launcher:v9",
      `--writer-image=ghcr.io/sluice-secrets/sluice@sha256:${"0".repeat(64)}`,
      "--launcher-delivery=image",
      "--dialects",
      "sluice",
      "akv2k8s",
      "--cloud-logins",
      "ecr",
      "gcr",
      "--log-level=debug",
    ]);
    expect(spec).toMatchObject({
      imagePullSecrets: [{ name: "pull" }],
      containers: [{ image: `ghcr.io/sluice-secrets/sluice@sha256:${"0".repeat(64)}` }],
    });
    expect(byName(manifests)["ClusterRole sluice-webhook"]?.["rules"]).toContainEqual({
      apiGroups: [""],
      resources: ["configmaps", "secrets"],
      verbs: ["get"],
    });
    // No right is given for what is not done.
    expect(byName(manifests)).not.toHaveProperty(["Role sluice-broker"]);
    const { rules } = byName(manifests)["ClusterRole sluice-broker"] as unknown as { readonly rules: object };
    expect(JSON.stringify(rules)).not.toMatch(/status|events/);
    expect(templateOf(manifests, "sluice-broker").spec.containers[0].args).toEqual([
      "broker",
      "--no-record-versions",
      "--no-store-status",
      "--on-replay=refuse",
    ]);
  });

  it("the chart lets the webhook ask for a cloud's identity only where it has a use for it", async () => {
    const egress = async (...values: string[]) =>
      JSON.stringify(byName(await renderChart(...values))["NetworkPolicy sluice-webhook"]?.["spec"]);
    expect(await egress()).not.toContain("169.254.0.0/16");
    expect(await egress("webhook.cloudLogins={ecr}")).toContain("169.254.0.0/16");
  });

  it.each([
    "typo=1",
    "broker.typo=1",
    "sync.typo=1",
    "image.typo=1",
    "tls=none",
    "webhook.replicas=0",
    "image.digest=sha256:1",
    "agent.nativeSidecars=perhaps",
    "agent.stores.vault.address=x",
    "webhook.settings.agent.image=x",
    "broker.rate=0",
  ])("the chart refuses %s", async (value) => {
    await expect(renderChart(value)).rejects.toThrow("values don't meet the specifications of the schema");
  });

  it.each(["sync", "sync-akv2k8s", "sync-eso", "sync-restarts"])(
    "the controller of %s starts with options that there are",
    async (overlay) => {
      const manifests = await kustomize(`kustomize/overlays/${overlay}`);
      const [{ args }] = templateOf(manifests, "sluice-sync").spec.containers;
      const { code, stderr } = await sluice([...args, "--kubeconfig", "none"], { cwd: tmpdir() });
      expect(stderr).toMatch(/^sluice: SLU1103: [^]*Name a kubeconfig with --kubeconfig/);
      expect(code).toBe(78);
    },
  );

  it("the generator starts with options that there are", async () => {
    const manifests = await kustomize("kustomize/overlays/generator");
    const [{ args }] = templateOf(manifests, "sluice-generator").spec.containers;
    const { code, stderr } = await sluice(args, { cwd: tmpdir() });
    expect([code, stderr]).toEqual([
      78,
      expect.stringMatching(/SLU1101: .*sluice\.yaml: there is no such file/),
    ]);
  });

  it("the chart takes the generator's configuration, and starts it anew when that changes", async () => {
    const enabled = ["generator.enabled=true", "generator.lead=true"];
    const config = ["generator.config.stores.ssm.provider=ssm", "generator.config.generate.store=ssm"];
    const [one, other] = [
      await renderChart(...enabled, ...config),
      await renderChart(...enabled, config[0] ?? ""),
    ];
    const data = byName(one)["ConfigMap sluice-generator"]?.["data"] as { "sluice.yaml": string };
    expect(parse(data["sluice.yaml"])).toEqual({
      stores: { ssm: { provider: "ssm" } },
      generate: { store: "ssm" },
    });
    expect(templateOf(one, "sluice-generator").spec.containers[0].args).toContain("--lead");
    expect(templateOf(one, "sluice-generator")).not.toEqual(templateOf(other, "sluice-generator"));
  });

  it.each([["base"], ["overlays/cert-manager"], ["overlays/ha"]])(
    "%s starts with options that there are",
    async (folder) => {
      const manifests = await kustomize(`kustomize/${folder}`);
      // Nobody listens there: it comes as far as asking.
      const content = { server: "https://127.0.0.1:1", tokens: { own: "t" } };
      const { path: kubeconfig, remove } = await createKubeconfig(content);
      for (const name of ["sluice-webhook", "sluice-broker"]) {
        const [{ args }] = templateOf(manifests, name).spec.containers;
        const { code, stderr } = await sluice([...args, "--kubeconfig", kubeconfig], { cwd: tmpdir() });
        expect(stderr).toMatch(
          /^sluice: SLU1103: (Service sluice-system\/sluice-broker|\/etc\/sluice\/tls\/tls.crt)/,
        );
        expect(code).toBe(78);
      }
      await remove();
    },
  );
});
