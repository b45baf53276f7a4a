import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { deployTools } from "../../servers/deploy-tools.js";
import { sluice } from "../../support/sluice.js";
import { templateOf } from "./deployed-process.js";
import { renderChart } from "./render-chart.js";

const tools = await deployTools();

/** By flag: values of the chart, and the arguments that they make. */
type Valued = Readonly<Record<string, readonly [values: readonly string[], args: readonly string[]]>>;

const TENANTS = (mode: string): Valued => ({
  "--broker-identity-in-namespaces": [
    [`${mode}.brokerIdentityInNamespaces={vault,ssm}`],
    ["--broker-identity-in-namespaces", "vault", "ssm"],
  ],
  "--token-audiences-in-namespaces": [
    [`${mode}.tokenAudiencesInNamespaces={vault}`],
    ["--token-audiences-in-namespaces", "vault"],
  ],
  "--allow-addresses": [
    [`${mode}.allowAddresses={https://vault.example:8200}`],
    ["--allow-addresses", "https://vault.example:8200"],
  ],
  "--allow-files": [[`${mode}.allowFiles={/etc/ca}`], ["--allow-files", "/etc/ca"]],
});

/** Why a flag has no value: whoever needs it all the same has `extraArgs`. */
const NAMES = "names and ports are those of the manifests around it";
const CLUSTER = "a pod has one cluster, which it finds by itself";
const STORES = "a cluster's stores are SecretStores";
const BOUND = "a bound for floods, which resources follow";

const SERVING = {
  "--listen": NAMES,
  "--management": NAMES,
  "--tls-cert": NAMES,
  "--tls-key": NAMES,
  "--max-connections": BOUND,
  "--kubeconfig": CLUSTER,
  "--context": CLUSTER,
  "--namespace": "the pod's own is the release's",
};

const ADMITTING = {
  ...SERVING,
  "--tls-secret": NAMES,
  "--tls-name": NAMES,
  "--mutating-configuration": NAMES,
  "--validating-configuration": NAMES,
  "--stores": STORES,
  "--lame": "terminationGracePeriodSeconds depends on it",
};

const MODES: readonly {
  readonly mode: string;
  readonly deployment: string;
  readonly enabled: readonly string[];
  readonly values: Valued;
  readonly reasons: Readonly<Record<string, string>>;
}[] = [
  {
    mode: "webhook",
    deployment: "sluice-webhook",
    enabled: [],
    values: {
      "--settings": [["webhook.settings.waitSeconds=60"], ["--settings=/etc/sluice/settings/webhook.yaml"]],
      "--broker-service": [[], ["--broker-service=sluice-broker"]],
      "--broker-tls-secret": [["tls=own"], ["--broker-tls-secret=sluice-broker-tls"]],
      "--broker-roots": [["tls=cert-manager"], ["--broker-roots=/etc/sluice/broker/ca.crt"]],
      "--tls": [["tls=cert-manager"], ["--tls=files"]],
      "--launcher-image": [
        ["launcher.image.tag=v9"],
        ["--launcher-image=ghcr.io/sluice-secrets/sluice-launcher:v9"],
      ],
      "--launcher-delivery": [["launcher.delivery=image"], ["--launcher-delivery=image"]],
      "--writer-image": [["image.tag=v9"], ["--writer-image=ghcr.io/sluice-secrets/sluice:v9"]],
      "--mesh": [["webhook.mesh={istio,linkerd}"], ["--mesh", "istio", "linkerd"]],
      "--dialects": [["webhook.dialects={sluice}"], ["--dialects", "sluice"]],
      "--no-look-up-config-maps": [["webhook.lookUpConfigMaps=false"], ["--no-look-up-config-maps"]],
      "--no-look-up-secrets": [["webhook.lookUpSecrets=false"], ["--no-look-up-secrets"]],
      "--no-look-up-stores": [["webhook.lookUpStores=false"], ["--no-look-up-stores"]],
      "--cloud-logins": [["webhook.cloudLogins={ecr}"], ["--cloud-logins", "ecr"]],
      "--log-level": [["webhook.logLevel=debug"], ["--log-level=debug"]],
    },
    reasons: {
      ...ADMITTING,
      "--broker": "the Service of the release is asked for it",
      "--broker-server-name": "it is the Service's",
    },
  },
  {
    mode: "broker",
    deployment: "sluice-broker",
    enabled: [],
    values: {
      ...TENANTS("broker"),
      "--on-replay": [["broker.onReplay=refuse"], ["--on-replay=refuse"]],
      "--rate": [["broker.rate=5000000"], ["--rate=5000000"]],
      "--burst": [["broker.burst=10"], ["--burst=10"]],
      "--max-requests": [["broker.maxRequests=10"], ["--max-requests=10"]],
      "--no-record-versions": [["broker.recordVersions=false"], ["--no-record-versions"]],
      "--no-store-status": [["broker.storeStatus=false"], ["--no-store-status"]],
      "--log-level": [["broker.logLevel=warn"], ["--log-level=warn"]],
    },
    reasons: { ...SERVING, "--stores": STORES, "--bad-tokens": BOUND },
  },
  {
    mode: "sync",
    deployment: "sluice-sync",
    enabled: ["sync.enabled=true"],
    values: {
      ...TENANTS("sync"),
      "--namespaces": [["sync.namespaces={shop,pay}"], ["--namespaces", "shop", "pay"]],
      "--akv2k8s": [["sync.akv2k8s=true"], ["--akv2k8s"]],
      "--restarts": [["sync.restarts=true"], ["--restarts"]],
      "--restart-window": [
        ["sync.restartWindow=Sat\\,Sun 22:00-04:00 Europe/Berlin"],
        ["--restart-window=Sat,Sun 22:00-04:00 Europe/Berlin"],
      ],
      "--restarts-per-minute": [["sync.restartsPerMinute=2"], ["--restarts-per-minute=2"]],
      "--concurrency": [["sync.concurrency=4"], ["--concurrency=4"]],
      "--log-level": [["sync.logLevel=error"], ["--log-level=error"]],
    },
    reasons: {
      "--management": NAMES,
      "--kubeconfig": CLUSTER,
      "--context": CLUSTER,
      "--lease-namespace": "the pod's own is the release's",
      "--shard": "a release has one controller; shards are further ones",
    },
  },
  {
    mode: "generate",
    deployment: "sluice-generator",
    enabled: ["generator.enabled=true"],
    values: {
      "--config": [[], ["--config=/etc/sluice/sluice.yaml"]],
      "--lead": [["generator.lead=true"], ["--lead"]],
      "--sole-writer": [["generator.soleWriter=true"], ["--sole-writer"]],
      "--concurrency": [["generator.concurrency=4"], ["--concurrency=4"]],
      "--threads": [["generator.threads=2"], ["--threads=2"]],
      "--log-level": [["generator.logLevel=debug"], ["--log-level=debug"]],
    },
    reasons: {
      "--once": "a Deployment stays",
      "--filename": "a Deployment reads its cluster",
      "--output": "a Deployment prints its log",
      "--namespace": "rights are for the whole cluster",
      "--ledger-namespace": "the pod's own is the release's, where it has the right",
      "--management": NAMES,
      "--kubeconfig": CLUSTER,
      "--context": CLUSTER,
    },
  },
  {
    mode: "objects",
    deployment: "sluice-objects",
    enabled: ["objects.enabled=true"],
    values: {
      "--settings": [[], ["--settings=/etc/sluice/objects/objects.yaml"]],
      "--tls": [["tls=cert-manager"], ["--tls=files"]],
      "--log-level": [["objects.logLevel=debug"], ["--log-level=debug"]],
    },
    reasons: ADMITTING,
  },
];

async function flagsOf(mode: string): Promise<string[]> {
  const { stdout } = await sluice([mode, "--help"], { cwd: tmpdir() });
  const lines = stdout.split("\n").map((line) => /^ {2}(?:-[a-z], )?(--[a-z0-9-]+)/.exec(line)?.[1]);
  return lines.filter((flag) => flag !== undefined && flag !== "--help") as string[];
}

describe.each(MODES)("of sluice $mode", ({ mode, values, reasons, deployment, enabled }) => {
  it("every flag has a value of the chart, or a reason why it has none", async () => {
    const flags = await flagsOf(mode);
    expect(flags.length).toBeGreaterThan(5);
    expect([...Object.keys(values), ...Object.keys(reasons)].sort()).toEqual(flags.sort());
  });

  it.skipIf(tools === undefined).each(Object.entries(values))(
    "%s is what its value makes",
    async (flag, [set, expected]) => {
      const rendered = await renderChart(...enabled, ...set);
      const { args } = templateOf(rendered, deployment).spec.containers[0];
      const at = args.findIndex((word) => word.split("=")[0] === flag);
      expect(args.slice(at, at + expected.length)).toEqual(expected);
    },
  );
});
