import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { deployTools } from "../../servers/deploy-tools.js";
import { createKubeconfig } from "../../servers/kubernetes-kubeconfig.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { sluice } from "../../support/sluice.js";
import { DEPLOY, type Manifest, manifestsIn, readManifests } from "./manifests.js";
import { templateOf } from "./deployed-process.js";

const CHART = fileURLToPath(new URL("helm/sluice", DEPLOY));
const tools = await deployTools();

async function kustomize(folder: string): Promise<Manifest[]> {
  return manifestsIn(
    await runCommand(tools?.kustomize ?? "", ["build", fileURLToPath(new URL(folder, DEPLOY))]),
  );
}

/** Without a cluster, so it has to be told of its version. */
async function helm(...values: readonly string[]): Promise<Manifest[]> {
  const set = values.flatMap((value) => ["--set", value]);
  const args = [
    "template",
    "sluice",
    CHART,
    "--namespace",
    "sluice-system",
    "--kube-version",
    "1.35.0",
    ...set,
  ];
  return manifestsIn(await runCommand(tools?.helm ?? "", args));
}

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
    ["overlays/sync-restarts", ["sync.enabled=true", "sync.restarts=true"]],
    ["overlays/ha", ["webhook.replicas=3", "broker.replicas=3", "whenUnsatisfiable=DoNotSchedule"]],
  ])("%s and the chart make the same objects", async (folder, values) => {
    const expected = released(await kustomize(`kustomize/${folder}`));
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(released(await helm(...values))).toEqual(expected);
  });

  it("the chart takes what its values offer", async () => {
    const values = ["webhook.lookUpSecrets=true", "broker.recordVersions=false", "broker.onReplay=refuse"];
    const more = ["policy.enabled=false", "networkPolicy.enabled=false", "priorityClass.create=false"];
    const image = [
      `image.digest=sha256:${"0".repeat(64)}`,
      "launcher.image.tag=v9",
      "launcher.delivery=image",
    ];
    const lists = ["webhook.dialects={sluice,akv2k8s}", "webhook.extraArgs={--log-level=debug}"];
    const manifests = await helm(...values, ...more, ...image, ...lists, "imagePullSecrets[0].name=pull");
    expect(manifests.map(({ kind }) => kind)).not.toContain("NetworkPolicy");
    const { spec } = templateOf(manifests, "sluice-webhook");
    expect(spec.containers[0].args).toEqual([
      "webhook",
      "--broker-service=sluice-broker",
      "--broker-tls-secret=sluice-broker-tls",
      "--launcher-image=ghcr.io/sluice-secrets/sluice-launcher:v9",
      "--launcher-delivery=image",
      "--dialects",
      "sluice",
      "akv2k8s",
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
    expect(templateOf(manifests, "sluice-broker").spec.containers[0].args).toEqual([
      "broker",
      "--no-record-versions",
      "--on-replay=refuse",
    ]);
  });

  it.each([
    "typo=1",
    "broker.typo=1",
    "sync.typo=1",
    "image.typo=1",
    "tls=none",
    "webhook.replicas=0",
    "image.digest=sha256:1",
  ])("the chart refuses %s", async (value) => {
    await expect(helm(value)).rejects.toThrow("values don't meet the specifications of the schema");
  });

  it.each(["sync", "sync-akv2k8s", "sync-restarts"])(
    "the controller of %s starts with options that there are",
    async (overlay) => {
      const manifests = await kustomize(`kustomize/overlays/${overlay}`);
      const [{ args }] = templateOf(manifests, "sluice-sync").spec.containers;
      const { code, stderr } = await sluice([...args, "--kubeconfig", "none"], { cwd: tmpdir() });
      expect(stderr).toMatch(/^sluice: SLU1103: [^]*Name a kubeconfig with --kubeconfig/);
      expect(code).toBe(78);
    },
  );

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
