import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployTools } from "../../servers/deploy-tools.js";
import { renderKustomization, writeAllParts } from "./all-parts.js";
import { find, type Manifest } from "./manifests.js";
import { allows, type Peer, type Port } from "./network-flows.js";

const NAMES = ["webhook", "broker", "sync", "generator", "objects"].map((name) => `sluice-${name}`);
const tools = await deployTools();

const DNS = { number: 53, protocol: "UDP" } as const;
const MANAGEMENT = { number: 9090, name: "management" };
/** An API server, a node, a store: addresses that no policy can know. */
const ANYBODY = "203.0.113.7";
const IDENTITY = "169.254.169.254";

/** Who may connect to whom. What is not here is refused. */
const INGRESS: Readonly<Record<string, readonly (readonly [Peer, Port])[]>> = {
  "sluice-webhook": [
    [ANYBODY, { number: 8443, name: "https" }],
    ["pod", { number: 8443, name: "https" }],
    ["pod", MANAGEMENT],
  ],
  "sluice-broker": [
    [ANYBODY, { number: 8443, name: "launchers" }],
    ["pod", { number: 8443, name: "launchers" }],
    ["pod", MANAGEMENT],
  ],
  "sluice-sync": [["pod", MANAGEMENT]],
  "sluice-generator": [["pod", MANAGEMENT]],
  "sluice-objects": [
    [ANYBODY, { number: 8443, name: "https" }],
    ["pod", { number: 8443, name: "https" }],
    ["pod", MANAGEMENT],
  ],
};
const TO_CLUSTER: readonly (readonly [Peer, Port])[] = ([ANYBODY, "pod"] as const).flatMap((peer) =>
  [DNS, { number: 53 }, { number: 443 }, { number: 6443 }].map((port) => [peer, port] as const),
);
const TO_STORES: readonly (readonly [Peer, Port])[] = [
  ...TO_CLUSTER,
  [IDENTITY, { number: 80 }],
  [ANYBODY, { number: 8200 }],
  ["pod", { number: 8200 }],
];
const EGRESS: typeof INGRESS = {
  "sluice-webhook": TO_CLUSTER,
  "sluice-broker": TO_STORES,
  "sluice-sync": TO_STORES,
  "sluice-generator": TO_STORES,
  "sluice-objects": TO_STORES,
};

const PORTS: readonly Port[] = [
  DNS,
  { number: 53 },
  ...[22, 80, 443, 2379, 5432, 6443, 8080, 8200, 10_250].map((number) => ({ number })),
  { number: 8443, name: "https" },
  { number: 8443, name: "launchers" },
  MANAGEMENT,
];

describe.skipIf(tools === undefined)("what is deployed of every mode", () => {
  let folder: string;
  let manifests: Manifest[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-hardening-"));
    manifests = await renderKustomization(await writeAllParts(folder));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  const named = (kind: string, name: string): Manifest => find(manifests, kind, name);
  const deployment = (name: string): Deployment => named("Deployment", name) as Deployment;

  it("is these Deployments, and no other kind of pods", () => {
    const kinds = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"]);
    const found = manifests.filter(({ kind }) => kinds.has(kind)).map(({ metadata }) => metadata.name);
    expect(found.sort()).toEqual(NAMES.toSorted());
  });

  it.each(NAMES)("%s comes and goes one replica at a time, on different nodes and zones", (name) => {
    const { selector, strategy, replicas, template } = deployment(name).spec;
    expect([replicas, strategy]).toEqual([2, { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }]);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(named("PodDisruptionBudget", name)["spec"]).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector,
    });
    const spread = template.spec["topologySpreadConstraints"];
    expect(spread).toMatchObject(
      ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        labelSelector: selector,
      })),
    );
  });

  it.each(NAMES)("%s is probed, bounded, and has an account of its own", (name) => {
    const { template } = deployment(name).spec;
    const probe = (path: string) => ({ httpGet: { path, port: "management" } });
    expect(template.spec).toMatchObject({
      serviceAccountName: name,
      priorityClassName: "sluice",
      enableServiceLinks: false,
      containers: [
        {
          startupProbe: probe("/healthz"),
          livenessProbe: probe("/healthz"),
          readinessProbe: probe("/readyz"),
          resources: { requests: { cpu: expect.any(String), memory: "192Mi" } },
          securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
        },
      ],
    });
    expect(JSON.stringify(template.spec)).toMatch(/"limits":\{"memory":"\d+Mi"\}/);
    expect(named("ServiceAccount", name)).toMatchObject({ automountServiceAccountToken: false });
  });

  it.each(NAMES)("%s is reached by those who ask it, and reaches what it asks, and nobody else", (name) => {
    const policy = named("NetworkPolicy", name);
    const { podSelector } = policy["spec"] as { readonly podSelector: object };
    expect(podSelector).toEqual(deployment(name).spec.selector);
    const peers: readonly Peer[] = [ANYBODY, IDENTITY, "pod"];
    for (const [direction, expected] of [
      ["from", INGRESS[name] ?? []],
      ["to", EGRESS[name] ?? []],
    ] as const)
      for (const peer of peers)
        for (const port of PORTS) {
          // An identity's address is an address.
          const fits = (one: Peer): boolean => one === peer || (one === ANYBODY && peer === IDENTITY);
          const isExpected = expected.some(([one, { number, name: called, protocol }]) => {
            return fits(one) && number === port.number && called === port.name && protocol === port.protocol;
          });
          const what = `${direction} ${peer} ${port.protocol ?? "TCP"} ${port.number} ${port.name ?? ""}`;
          expect([what, allows(policy, direction, peer, port)]).toEqual([what, isExpected]);
        }
  });
});

interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly strategy: object;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: Readonly<Record<string, unknown>>;
    };
  };
}
