import type { Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deployTools } from "../../servers/deploy-tools.js";
import { createAuthority } from "../../servers/faults/test-authority.js";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";
import { templateOf } from "./deployed-process.js";
import { find } from "./manifests.js";
import { renderChart } from "./render-chart.js";

const tools = await deployTools();

const STORES = {
  vault: {
    provider: "vault",
    address: "https://vault.example:8200",
    auth: { kubernetes: { role: "{role}", tokenPath: "/var/run/secrets/sluice-agent/token" } },
  },
};

/** What the chart has the webhook read. */
async function settings(...values: readonly string[]): Promise<string> {
  const stores = `agent.stores:=${JSON.stringify(STORES)}`;
  const rendered = await renderChart("agent.enabled=true", stores, ...values);
  const { data } = find(rendered, "ConfigMap", "sluice-webhook") as unknown as {
    readonly data: Readonly<Record<string, string>>;
  };
  return data["webhook.yaml"] ?? "";
}

/** A pod that asks for an agent, as a webhook with these settings makes it. */
async function mutated(text: string): Promise<Pod> {
  const annotations = {
    "vault.hashicorp.com/agent-inject": "true",
    "vault.hashicorp.com/role": "web",
    "vault.hashicorp.com/agent-inject-secret-db": "secret/db",
  };
  const spec = { containers: [{ name: "web", image: "web", command: ["/web"] }] };
  using workspace = createWorkspace({
    "webhook.yaml": text,
    "roots.pem": (await createAuthority("test")).ca,
    "pod.json": JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web", annotations },
      spec,
    }),
  });
  const flags = [
    "--settings",
    "webhook.yaml",
    "--broker",
    "https://10.0.0.7:8443",
    "--broker-roots",
    "roots.pem",
  ];
  const { code, stdout, stderr } = await sluice(
    ["mutate", "-f", "pod.json", "--launcher-image", "l", ...flags],
    { cwd: workspace.path },
  );
  expect([code, stderr]).toEqual([0, ""]);
  return parse(stdout) as Pod;
}

describe.skipIf(tools === undefined)("the chart's values for agents", () => {
  it("are such as the webhook takes, and pods are given what they say", async () => {
    const text = await settings(
      `agent.servers:=[{"store":"vault","address":"https://other.example"}]`,
      "agent.image.repository=registry.example/agent",
      "agent.image.tag=v9",
      "agent.resources.limits.cpu=2",
      "agent.shell=true",
      "imagePullPolicy=IfNotPresent",
      "webhook.settings.waitSeconds=60",
    );
    const { spec } = await mutated(text);
    expect(spec.initContainers?.find(({ name }) => name === "sluice-agent")).toMatchObject({
      image: "registry.example/agent:v9",
      imagePullPolicy: "IfNotPresent",
      restartPolicy: "Always",
      resources: { limits: { cpu: "2" }, requests: { cpu: "10m" } },
    });
  });

  it.each([
    ["auto", true],
    ["true", true],
    ["false", false],
  ])("make the sidecar native or ordinary: %s", async (value, isNative) => {
    const { spec } = await mutated(await settings(`agent.nativeSidecars=${value}`));
    const names = (list: Pod["spec"]["containers"] = []): string[] => list.map(({ name }) => name);
    expect(names(isNative ? spec.initContainers : spec.containers)).toContain("sluice-agent");
  });

  it("are mounted beside cert-manager's certificates", async () => {
    const rendered = await renderChart("tls=cert-manager", "webhook.settings.waitSeconds=60");
    const { volumes = [], containers } = templateOf(rendered, "sluice-webhook").spec;
    const mounted = volumes.map((volume) => (volume as { readonly name: string }).name);
    expect(mounted).toEqual(["tls", "broker-roots", "settings"]);
    expect(containers[0].args).toContain("--settings=/etc/sluice/settings/webhook.yaml");
  });
});
