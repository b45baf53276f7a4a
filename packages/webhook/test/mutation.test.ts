import { type ImageCommand, mutatePod } from "@sluice/core/mutation";
import { parsePlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { atarraya, sluice } from "@sluice/dialects";
import { execWrap, type InjectionSettings, launcherDelivery, planPod, tokenVolumes } from "@sluice/webhook";
import { applyPatch, type Operation } from "rfc6902";
import { describe, expect, it } from "vitest";

const SETTINGS: InjectionSettings = {
  source: {
    address: "https://10.96.4.2:8443",
    serverName: "sluice-broker.sluice-system.svc",
    roots: "ROOTS",
  },
  launcher: { image: "example.test/launcher:1", delivery: "copy" },
};
const STRATEGIES = [launcherDelivery(), tokenVolumes(), execWrap()];

const pod = (
  containers: readonly Container[],
  more: Partial<Pod["spec"]> = {},
  annotations?: Record<string, string>,
): Pod => ({
  metadata: { name: "web", ...(annotations && { annotations }) },
  spec: { containers, serviceAccountName: "web", ...more },
});

function plan(subject: Pod, settings = SETTINGS) {
  const scope = { pod: subject, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  return planPod([sluice(), atarraya()], scope, settings);
}

function mutate(subject: Pod, images: Readonly<Record<string, ImageCommand>> = {}, settings = SETTINGS) {
  const { plans, problems } = plan(subject, settings);
  expect(problems).toEqual([]);
  const imageCommands = new Map(Object.entries(images));
  const mutation = mutatePod(STRATEGIES, { pod: subject, plans, imageCommands, settings });
  // Through JSON, for an object that stands in two places of the test's pod is two in a request.
  const patched = JSON.parse(JSON.stringify(subject)) as Pod;
  expect(
    applyPatch(patched, JSON.parse(JSON.stringify(mutation.patch)) as typeof mutation.patch & Operation[]),
  ).toEqual(mutation.patch.map(() => null));
  expect(patched).toEqual(mutation.pod);
  return mutation;
}

const web: Container = {
  name: "web",
  image: "shop/web",
  command: ["/web"],
  args: ["--port", "80"],
  env: [{ name: "DB", value: "secret://prod/db" }],
};
const plain: Container = { name: "log", image: "log", command: ["/log"] };

describe("a pod that asks for secrets", () => {
  it("gets the launcher, a token and a plan where there are references, and nowhere else", () => {
    const { pod: changed } = mutate(pod([web, plain]));
    const [first, second] = changed.spec.containers;
    expect(second).toBe(plain);
    expect(first).toMatchObject({
      command: ["/sluice/sluice-launch", "exec", "--", "/web"],
      args: ["--port", "80"],
      volumeMounts: [
        { name: "sluice-launcher", mountPath: "/sluice", readOnly: true },
        { name: "sluice-token-web", mountPath: "/var/run/secrets/sluice", readOnly: true },
      ],
    });
    const [db, planned, source] = first?.env ?? [];
    expect(db).toEqual({ name: "DB", value: "secret://prod/db" });
    expect(parsePlan(planned?.value ?? "")).toEqual({
      version: 1,
      minReader: 1,
      critical: [],
      container: "web",
      env: { DB: "secret://prod/db" },
      source: {
        serverName: "sluice-broker.sluice-system.svc",
        roots: "ROOTS",
        token: "/var/run/secrets/sluice/token",
        waitSeconds: 300,
      },
    });
    expect(source).toEqual({ name: "SLUICE_SOURCE", value: "https://10.96.4.2:8443" });
    expect(changed.spec.initContainers).toMatchObject([
      { name: "sluice-install", command: ["/sluice-launch", "install", "/sluice"] },
    ]);
    expect(changed.spec.volumes).toEqual([
      { name: "sluice-launcher", emptyDir: { sizeLimit: "16Mi" } },
      {
        name: "sluice-token-web",
        projected: {
          sources: [
            { serviceAccountToken: { audience: "sluice/web", path: "token", expirationSeconds: 3600 } },
          ],
        },
      },
    ]);
  });

  it("is left as it is when it asks for none", () => {
    const subject = pod([plain]);
    const mutation = mutate(subject);
    expect(mutation.pod).toBe(subject);
    expect(mutation.patch).toEqual([]);
  });

  it("is the same however often it is changed, and whatever another webhook adds in between", () => {
    const { pod: once } = mutate(pod([web, plain], { initContainers: [{ ...web, name: "migrate" }] }));
    expect(mutate(once).patch).toEqual([]);
    const mesh: Container = {
      name: "mesh",
      image: "mesh",
      command: ["/mesh"],
      env: [{ name: "KEY", value: "secret://prod/k" }],
    };
    const between: Pod = { ...once, spec: { ...once.spec, containers: [mesh, ...once.spec.containers] } };
    const { pod: twice } = mutate(between);
    expect(twice.spec.containers.map(({ command }) => command?.filter((part) => part === "exec"))).toEqual([
      ["exec"],
      ["exec"],
      [],
    ]);
    expect(mutate(twice).patch).toEqual([]);
  });

  it("is not taken for done because it says so", () => {
    const forged: Container = {
      ...web,
      env: [
        ...(web.env ?? []),
        { name: "SLUICE_PLAN", value: "{}" },
        { name: "SLUICE_SOURCE", value: "https://evil" },
      ],
    };
    const { pod: changed } = mutate(pod([forged], {}, { "sluice.dev/status": "injected" }));
    expect(changed.spec.containers).toEqual(mutate(pod([web])).pod.spec.containers);
  });

  it.each([
    ["its command and arguments", { command: ["/a"], args: ["b"] }, ["/a"], ["b"]],
    ["its command alone, for then CMD does not count", { command: ["/a"] }, ["/a"], undefined],
    ["the image's ENTRYPOINT and CMD", {}, ["/entry", "-x"], ["cmd"]],
    ["the image's ENTRYPOINT and its arguments", { args: ["b"] }, ["/entry", "-x"], ["b"]],
  ])("starts %s", (_, own, command, args) => {
    const container: Container = { name: "web", image: "shop/web", env: web.env ?? [], ...own };
    const image = { web: { entrypoint: ["/entry", "-x"], cmd: ["cmd"] } };
    const { pod: changed } = mutate(pod([container]), image);
    expect(changed.spec.containers[0]?.command).toEqual(["/sluice/sluice-launch", "exec", "--", ...command]);
    expect(changed.spec.containers[0]?.args).toEqual(args);
    expect(mutate(changed).patch).toEqual([]);
  });

  it("gets the launcher first of all, so that init containers and sidecars have it", () => {
    const initContainers = [
      { ...web, name: "migrate" },
      { ...web, name: "proxy", restartPolicy: "Always" },
    ];
    const { pod: changed } = mutate(pod([plain], { initContainers }));
    expect(changed.spec.initContainers?.map(({ name }) => name)).toEqual([
      "sluice-install",
      "migrate",
      "proxy",
    ]);
    expect(changed.spec.volumes?.map(({ name }) => name)).toEqual([
      "sluice-launcher",
      "sluice-token-migrate",
      "sluice-token-proxy",
    ]);
  });

  it("has the launcher's image for a volume where the cluster can", () => {
    const settings: InjectionSettings = { ...SETTINGS, launcher: { image: "launcher:1", delivery: "image" } };
    const { pod: changed } = mutate(pod([web]), {}, settings);
    expect(changed.spec.initContainers).toBeUndefined();
    expect(changed.spec.volumes?.[0]).toEqual({
      name: "sluice-launcher",
      image: { reference: "launcher:1" },
    });
  });

  it("does not run the init container as root because the pod runs so", () => {
    const { pod: changed } = mutate(pod([web], { securityContext: { runAsUser: 0 } }));
    expect(changed.spec.initContainers?.[0]?.["securityContext"]).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_532,
    });
  });

  it("keeps names of volumes within what Kubernetes allows, and apart", () => {
    const names = ["a", "b"].map((last) => `${"x".repeat(62)}${last}`);
    const { pod: changed } = mutate(pod(names.map((name) => ({ ...web, name }))));
    const volumes = changed.spec.volumes?.map(({ name }) => name) ?? [];
    expect(new Set(volumes).size).toBe(3);
    expect(Math.max(...volumes.map((name) => name.length))).toBe(63);
  });

  it("takes markers of other notations away without touching the pod's own words", () => {
    const marked: Container = { ...plain, env: [{ name: "ATARRAYA_SECRET_db", value: "" }] };
    const { pod: changed } = mutate(pod([marked], {}, { "atarraya/keyvault": "acme" }));
    expect(changed.spec.containers[0]?.env?.[0]).toEqual({ name: "ATARRAYA_SECRET_db", value: "" });
    expect(parsePlan(changed.spec.containers[0]?.env?.[1]?.value ?? "")).toMatchObject({
      env: { db: "secret://acme/db" },
      remove: ["ATARRAYA_SECRET_db"],
    });
    expect(mutate(changed).patch).toEqual([]);
  });
});

describe("what cannot be done is said", () => {
  it.each<[string, Pod, RegExp]>([
    [
      "an argument made from a secret",
      pod([{ ...web, args: ["--db=$(DB)"] }]),
      /made from \$\(DB\), which holds a secret/,
    ],
    [
      "a reference among the arguments",
      pod([{ ...web, args: ["secret://prod/x"] }]),
      /argument holds a reference/,
    ],
    [
      "an ephemeral container",
      pod([plain], { ephemeralContainers: [{ ...web, name: "debug" }] }),
      /"debug": it is an ephemeral container/,
    ],
    [
      "a plan that is too large",
      pod([{ ...web, env: [{ name: "A", value: `secret://prod/x${"x".repeat(70_000)}` }] }]),
      /Malformed|65536 at most/,
    ],
    [
      "a name that is not there",
      pod([web], {}, { "sluice.dev/containers": "wbe" }),
      /"wbe", which the pod does not have/,
    ],
  ])("%s", (_, subject, problem) => {
    expect(plan(subject).problems).toEqual([
      { problem: expect.stringMatching(problem), remedy: expect.stringMatching(/.+/) },
    ]);
  });

  it("and containers are left alone that the pod does not want looked at", () => {
    const both = [web, { ...web, name: "other" }];
    expect([...plan(pod(both, {}, { "sluice.dev/containers": "web" })).plans.keys()]).toEqual(["web"]);
    expect([...plan(pod(both, {}, { "sluice.dev/exclude-containers": "web" })).plans.keys()]).toEqual([
      "other",
    ]);
  });
});
