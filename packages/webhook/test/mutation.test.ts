import { type ImageCommand, mutatePod } from "@sluice/core/mutation";
import { parsePlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { atarraya, sluice } from "@sluice/dialects";
import {
  execWrap,
  filesAtStart,
  type InjectionSettings,
  launcherDelivery,
  planPod,
  tokenVolumes,
} from "@sluice/webhook";
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
const STRATEGIES = [launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()];

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

  it("gets them in every container where the fields of a secret become variables, and a plan that says so", () => {
    const annotations = { "sluice.dev/env-from": "secret://prod/all" };
    const subject = pod([web, plain], { initContainers: [{ ...plain, name: "migrate" }] }, annotations);
    const { pod: changed } = mutate(subject);
    const containers = [...(changed.spec.initContainers ?? []).slice(1), ...changed.spec.containers];
    const plans = containers.map(({ env = [] }) =>
      parsePlan(env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? ""),
    );
    const spread = [{ from: "secret://prod/all" }];
    expect(plans).toMatchObject([
      { container: "migrate", critical: ["spread"], env: {}, spread },
      { container: "web", critical: ["spread"], env: { DB: "secret://prod/db" }, spread },
      { container: "log", critical: ["spread"], env: {}, spread },
    ]);
    expect(mutate(changed).patch).toEqual([]);
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

  it("has one plan, though it was made with two", () => {
    const plans = [web.env?.[0], ...["{}", "{}"].map((value) => ({ name: "SLUICE_PLAN", value }))];
    const { pod: changed } = mutate(pod([{ ...web, env: plans as NonNullable<Container["env"]> }]));
    expect(changed.spec.containers).toEqual(mutate(pod([web])).pod.spec.containers);
  });

  it("loses the launcher with its last reference, and only then", () => {
    const { pod: once } = mutate(pod([web, plain]));
    const [first, ...others] = once.spec.containers;
    const without = {
      ...(first as Container),
      env: first?.env?.filter(({ name }) => name !== "DB") ?? [],
    };
    const { pod: changed } = mutate({ ...once, spec: { ...once.spec, containers: [without, ...others] } });
    expect(changed.spec.containers[0]).toMatchObject({ command: ["/web"], env: [] });
    const excluded = { ...once, metadata: { annotations: { "sluice.dev/inject": "false" } } };
    expect(mutate(excluded).patch).toEqual([]);
  });

  it("has the installer before every container that needs it, whoever else comes first", () => {
    const { pod: once } = mutate(pod([web]));
    const [installer] = once.spec.initContainers as [Container];
    const added = {
      ...installer,
      terminationMessagePath: "/dev/termination-log",
      restartPolicy: "Always",
      args: ["x"],
      volumeMounts: [...(installer.volumeMounts ?? []), { name: "proxy", mountPath: "/proxy" }],
    };
    const networks = { name: "network", image: "n", command: ["/n"] };
    const before = { ...once, spec: { ...once.spec, initContainers: [networks, added] } };
    expect(mutate(before).pod.spec.initContainers).toEqual([
      networks,
      {
        ...installer,
        terminationMessagePath: "/dev/termination-log",
        volumeMounts: [...(installer.volumeMounts ?? []), { name: "proxy", mountPath: "/proxy" }],
      },
    ]);
    const needy = { ...web, name: "migrate" };
    const late = { ...once, spec: { ...once.spec, initContainers: [needy, networks, installer] } };
    const { pod: changed } = mutate(late);
    expect(changed.spec.initContainers?.map(({ name }) => name)).toEqual([
      "sluice-install",
      "migrate",
      "network",
    ]);
    expect(mutate(changed).patch).toEqual([]);
  });

  it("keeps what the API server fills in", () => {
    const settings: InjectionSettings = { ...SETTINGS, launcher: { image: "launcher:1", delivery: "image" } };
    const { pod: once } = mutate(pod([web]), {}, settings);
    const volumes = once.spec.volumes?.map((volume) =>
      "image" in volume
        ? { ...volume, image: { ...(volume["image"] as object), pullPolicy: "IfNotPresent" } }
        : { ...volume, projected: { ...(volume["projected"] as object), defaultMode: 420 } },
    );
    const filled: Pod = { ...once, spec: { ...once.spec, ...(volumes && { volumes }) } };
    expect(mutate(filled, {}, settings).patch).toEqual([]);
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
    ["a pod for Windows", pod([web], { os: { name: "windows" } }), /for Windows nodes/],
    [
      "a pod for Windows by its selector",
      pod([web], { nodeSelector: { "kubernetes.io/os": "windows" } }),
      /for Windows nodes/,
    ],
    ["a static pod", pod([web], {}, { "kubernetes.io/config.mirror": "x" }), /mirrors a static pod/],
    [
      "a container that has the installer's name",
      pod([web, { ...plain, name: "sluice-install" }]),
      /container "sluice-install" of its own/,
    ],
    [
      "a volume that has the launcher's name",
      pod([web], { volumes: [{ name: "sluice-launcher", hostPath: { path: "/" } }] }),
      /volume "sluice-launcher" of its own/,
    ],
    [
      "a volume that has a token's name",
      pod([web], { volumes: [{ name: "sluice-token-web", secret: {} }] }),
      /volume "sluice-token-web" of its own/,
    ],
    [
      "a mount where the launcher must be",
      pod([{ ...web, volumeMounts: [{ name: "data", mountPath: "/sluice/data/" }] }]),
      /mounts something of its own at \/sluice\/data\//,
    ],
    [
      "a variable of the launcher's",
      pod([{ ...web, env: [{ name: "SLUICE_X", value: "secret://prod/x" }] }]),
      /variable SLUICE_X holds a reference/,
    ],
    [
      "a reference among the arguments of a container without others",
      pod([{ ...plain, args: ["x", "${secret://prod/x}"] }]),
      /argument holds a reference/,
    ],
    [
      "a switch that is neither",
      pod([plain], {}, { "sluice.dev/inject": "no" }),
      /neither "true" nor "false"/,
    ],
    [
      "annotations that contradict each other",
      pod([web], {}, { "sluice.dev/inject": "false", "sluice.dev/containers": "web" }),
      /another one lists containers/,
    ],
    [
      "a container in both lists",
      pod([web], {}, { "sluice.dev/containers": "web", "sluice.dev/exclude-containers": "web" }),
      /is in sluice.dev\/containers and in sluice.dev\/exclude-containers/,
    ],
    [
      "a command for nobody",
      pod([web], {}, { "sluice.dev/command-wbe": "[]" }),
      /command-wbe names a container that the pod does not have/,
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

  it("and what its author should know is told", () => {
    const lifecycle = { preStop: { exec: { command: ["sh", "-c", "bye $DB"] } } };
    const probe = { exec: { command: ["check", "DB_HOST", "XDB"] } };
    const container = {
      ...web,
      lifecycle,
      livenessProbe: probe,
      startupProbe: { exec: { command: ["$(DB)"] } },
    };
    expect(plan(pod([container], { hostPID: true, shareProcessNamespace: true })).warnings).toEqual([
      expect.stringContaining("hostPID: processes of the node"),
      expect.stringContaining("shareProcessNamespace: the pod's other containers"),
      expect.stringContaining('container "web": startupProbe uses DB'),
      expect.stringContaining('container "web": lifecycle.preStop uses DB'),
    ]);
    expect(plan(pod([plain], { hostPID: true })).warnings).toEqual([]);
  });

  it("and containers are left alone that the pod does not want looked at", () => {
    const both = [web, { ...web, name: "other" }];
    expect([...plan(pod(both, {}, { "sluice.dev/containers": "web" })).plans.keys()]).toEqual(["web"]);
    expect([...plan(pod(both, {}, { "sluice.dev/exclude-containers": "web" })).plans.keys()]).toEqual([
      "other",
    ]);
  });
});
