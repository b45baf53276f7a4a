import { parsePlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import {
  admissionOf,
  AGENT,
  denial,
  hashicorp,
  mutated,
  named,
  patched,
  signal,
  talend,
  variable,
} from "./agent-pods.js";
import { requestOf } from "./support.js";

const DB = { name: "DB", value: "secret://vault/database/creds/app#password" };
const SOCKET = "unix:/var/run/secrets/sluice-source/launch";

const web: Container = { name: "web", image: "web", command: ["/web"], env: [DB] };
const other: Container = {
  name: "other",
  image: "o",
  command: ["/o"],
  env: [{ name: "KEY", value: "secret://vault/secret/key#a" }],
};

/** A pod that wants its variables from its own sidecar; it asks for no file. */
const alone = (
  containers: readonly Container[] = [web],
  more: object = {},
  annotations: object = {},
): Pod => ({
  metadata: { annotations: { "sluice.dev/source": "sidecar", "sluice.dev/role": "web", ...annotations } },
  spec: { containers, ...more },
});

/** The same of one that has vault-k8s' files beside. */
const withFiles = (annotations: Readonly<Record<string, string>> = {}, spec: object = {}): Pod => {
  const pod = hashicorp(annotations, { containers: [web], ...spec });
  return {
    ...pod,
    metadata: { annotations: { ...pod.metadata?.annotations, "sluice.dev/source": "sidecar" } },
  };
};

const sourcesOf = ({ args = [] }: Container): string[] =>
  args.filter((_, index) => args[index - 1] === "--source");

describe("a pod whose variables come from its sidecar", () => {
  it("asks at a socket of its own, and shows nobody a token", async () => {
    const { spec } = await mutated(withFiles());
    const container = named(spec.containers, "web");
    expect(container.command).toEqual(["/sluice/sluice-launch", "exec", "--", "/web"]);
    expect(variable(container, "SLUICE_SOURCE")).toBe(SOCKET);
    expect(parsePlan(variable(container, "SLUICE_PLAN"))).toMatchObject({
      env: { DB: DB.value },
      source: { waitSeconds: 300 },
    });
    expect(variable(container, "SLUICE_PLAN")).not.toContain("token");
    expect(container.volumeMounts).toEqual([
      { name: "sluice-agent-files", mountPath: "/vault/secrets", readOnly: true },
      { name: "sluice-source-web", mountPath: "/var/run/secrets/sluice-source", readOnly: true },
      { name: "sluice-launcher", mountPath: "/sluice", readOnly: true },
    ]);
    const agent = named(spec.initContainers, "sluice-agent");
    expect(sourcesOf(agent)).toEqual(["env:SLUICE_SOURCE_PLAN_0=/run/sluice-source/web/launch:0666"]);
    expect(variable(agent, "SLUICE_SOURCE_PLAN_0")).toBe(variable(container, "SLUICE_PLAN"));
    expect((spec.volumes ?? []).map(({ name }) => name)).not.toContain("sluice-token-web");
    expect(spec.volumes).toContainEqual({
      name: "sluice-source-web",
      emptyDir: { medium: "Memory", sizeLimit: "1Mi" },
    });
  });

  it("is given a sidecar where it has none, which logs in with the role that it names", async () => {
    const { spec } = await mutated(alone());
    const agent = named(spec.initContainers, "sluice-agent");
    expect(agent).toMatchObject({
      restartPolicy: "Always",
      resources: { limits: { memory: "165Mi" } },
      args: ["sidecar", "--state", "/run/sluice", "--source", expect.any(String)],
    });
    expect(variable(agent, "SLUICE_FILES")).toBe("");
    expect(variable(agent, "SLUICE_STORES")).toContain('"role":"web"');
  });

  it("has a socket for each container, in a volume that no other container sees", async () => {
    const { spec } = await mutated(alone([web, other, { name: "plain", image: "p" }]));
    const agent = named(spec.initContainers, "sluice-agent");
    expect(sourcesOf(agent).map((place) => place.split("=")[1])).toEqual([
      "/run/sluice-source/web/launch:0666",
      "/run/sluice-source/other/launch:0666",
    ]);
    const seen = spec.containers.map(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name).filter((name) => name.startsWith("sluice-source-")),
    );
    expect(seen).toEqual([["sluice-source-web"], ["sluice-source-other"], []]);
  });

  it.each<readonly [string, object, string]>([
    ["its user's alone, where the agent can run as it", { runAsUser: 1000 }, "0600"],
    ["its group's", { fsGroup: 2000 }, "0660"],
    ["whoever's is in the container, for no agent is root", { runAsUser: 0 }, "0666"],
  ])("has a socket that is %s", async (_, securityContext, mode) => {
    const agent = named(
      (await mutated(alone([web], { securityContext }))).spec.initContainers,
      "sluice-agent",
    );
    expect(sourcesOf(agent)[0]).toContain(`launch:${mode}`);
  });

  it("has its probes and hooks behind the launcher, for a sidecar answers whenever it is asked", async () => {
    const probed = { ...web, livenessProbe: { exec: { command: ["/check", "$DB"] } } };
    const { spec } = await mutated(alone([probed]));
    expect(spec.containers[0]).toMatchObject({
      livenessProbe: { exec: { command: ["/sluice/sluice-launch", "exec", "--", "/check", "$DB"] } },
    });
  });

  it("takes variables of init containers from the broker, for they may start before it", async () => {
    const initContainers = [{ ...other, name: "migrate" }];
    const { spec } = await mutated(alone([web], { initContainers }));
    expect(variable(named(spec.initContainers, "migrate"), "SLUICE_SOURCE")).toBe("https://10.96.4.2:8443");
  });

  it("works on clusters without native sidecars, where its launcher waits for the container beside it", async () => {
    const { spec } = await mutated(alone([web], { restartPolicy: "Never" }), { nativeSidecars: false });
    expect(spec.containers.map(({ name }) => name)).toEqual(["web", "sluice-agent"]);
    expect(named(spec.containers, "sluice-agent").args).toContain("--end-with-pod");
    const before = await mutated(withFiles(), { nativeSidecars: false });
    expect(sourcesOf(named(before.spec.initContainers, "sluice-agent-init"))).toEqual([]);
    expect(sourcesOf(named(before.spec.containers, "sluice-agent"))).toHaveLength(1);
  });
});

describe("without a word of where variables come from", () => {
  const beside = (container: Container, annotations: object = {}): Pod => {
    const pod = hashicorp({}, { containers: [container] });
    return { ...pod, metadata: { annotations: { ...pod.metadata?.annotations, ...annotations } } };
  };
  const probed = { ...web, readinessProbe: { exec: { command: ["/check", "$DB"] } } };
  const sourceOf = async (pod: Pod): Promise<string> => {
    const changed = patched(pod, await admissionOf(AGENT).mutate(requestOf(pod), signal));
    return variable(named(changed.spec.containers, "web"), "SLUICE_SOURCE");
  };

  it("probes that need a secret have it from a sidecar that is there anyway, never from the broker", async () => {
    expect(await sourceOf(beside(probed))).toBe(SOCKET);
    expect(await sourceOf(beside(web))).toContain("https:");
    expect(await sourceOf(beside(probed, { "sluice.dev/source": "broker" }))).toContain("https:");
    const env = [{ name: "DB", value: "secret://elsewhere/db" }];
    expect(await sourceOf(beside({ ...probed, env }))).toContain("https:");
  });
});

describe("a pod is denied", () => {
  it.each<readonly [string, Pod, string]>([
    [
      "for a store that sidecars are not set up for",
      alone([{ ...web, env: [{ name: "A", value: "secret://prod/a" }] }]),
      'store "prod"',
    ],
    [
      "without the role that the store wants",
      alone([web], {}, { "sluice.dev/role": "" }),
      "the pod names none",
    ],
    ["with a role that is none", alone([web], {}, { "sluice.dev/role": "a/b" }), "no name of one"],
    [
      "whose agent ends before its containers start",
      withFiles({ "agent-pre-populate-only": "true" }),
      "ends before",
    ],
    [
      "where another container mounts the socket of one",
      alone([web, { ...other, volumeMounts: [{ name: "sluice-source-web", mountPath: "/x" }] }]),
      'mounts volume "sluice-source-web"',
    ],
    [
      "where one mounts the sidecar's login",
      alone([web, { name: "spy", volumeMounts: [{ name: "sluice-agent-state", mountPath: "/x" }] }]),
      'mounts volume "sluice-agent-state"',
    ],
    [
      "where one mounts the sidecar's token",
      alone([web], {
        initContainers: [{ name: "spy", volumeMounts: [{ name: "sluice-agent-token", mountPath: "/x" }] }],
      }),
      'mounts volume "sluice-agent-token"',
    ],
    [
      "where something else is in the socket's place",
      alone([{ ...web, volumeMounts: [{ name: "mine", mountPath: "/var/run/secrets/sluice-source/sub" }] }]),
      "mounts something of its own",
    ],
    ["whose files would hide the socket", talendAt("/var/run/secrets/sluice-source"), "would hide"],
    ["for an unknown source", alone([web], {}, { "sluice.dev/source": "socket" }), "is none of"],
  ])("%s", async (_, pod, message) => {
    expect(await denial(pod)).toContain(message);
  });

  it.each(["sidecar", undefined])(
    "with a reference that cannot be read, whatever its source: %s",
    async (source) => {
      const probed = {
        ...web,
        env: [
          { name: "A", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
          { name: "A", value: "${secret://vault/$(A)}" },
        ],
        readinessProbe: { exec: { command: ["/check", "$A"] } },
      };
      const pod = hashicorp({}, { containers: [probed] });
      const annotations = { ...pod.metadata?.annotations, ...(source && { "sluice.dev/source": source }) };
      expect(await denial({ ...pod, metadata: { annotations } })).toContain("malformed reference");
    },
  );

  it("where no agent is set up", async () => {
    const answer = await admissionOf(undefined).mutate(requestOf(alone()), signal);
    expect(answer).toMatchObject({ allowed: false, message: expect.stringContaining("not set up") });
  });

  it("that would start without what its variables come from", async () => {
    const good = await mutated(alone([web, other]));
    const check = async (pod: Pod): Promise<boolean> =>
      (await admissionOf(AGENT).validate(requestOf(pod), signal)).allowed;
    const change = (name: string, by: (container: Container) => Container, spec: object = {}): Pod => ({
      ...good,
      spec: {
        ...good.spec,
        containers: good.spec.containers.map((each) => (each.name === name ? by(each) : each)),
        initContainers: (good.spec.initContainers ?? []).map((each) =>
          each.name === name ? by(each) : each,
        ),
        ...spec,
      },
    });
    const mounting =
      (volume: string, readOnly = true) =>
      (each: Container): Container => ({
        ...each,
        volumeMounts: (each.volumeMounts ?? []).map((mount) =>
          mount.name.startsWith("sluice-source-") ? { ...mount, name: volume, readOnly } : mount,
        ),
      });
    expect(await check(good)).toBe(true);
    // The socket of another container, one that could be replaced, one on a disk, and none at all.
    expect(await check(change("other", mounting("sluice-source-web")))).toBe(false);
    expect(await check(change("web", mounting("sluice-source-web", false)))).toBe(false);
    const onDisk = (good.spec.volumes ?? []).map((volume) =>
      volume.name === "sluice-source-web" ? { name: volume.name, emptyDir: {} } : volume,
    );
    expect(await check(change("web", (each) => each, { volumes: onDisk }))).toBe(false);
    expect(await check(change("web", (each) => ({ ...each, volumeMounts: [] })))).toBe(false);
    // Another source, and a sidecar that answers somebody else's plan.
    const elsewhere = { name: "SLUICE_SOURCE", value: "https://10.96.4.2:8443" };
    expect(await check(change("web", (each) => ({ ...each, env: [...(each.env ?? []), elsewhere] })))).toBe(
      false,
    );
    const silent = (each: Container): Container => ({
      ...each,
      env: (each.env ?? []).filter(({ name }) => name !== "SLUICE_SOURCE_PLAN_1"),
    });
    expect(await check(change("sluice-agent", silent))).toBe(false);
  });
});

it("an ephemeral container is given no socket, and none of what other containers have", async () => {
  const pod = await mutated(alone());
  const debug = async (volume: string | undefined, of = pod) => {
    const volumeMounts = volume === undefined ? [] : [{ name: volume, mountPath: "/x" }];
    const object = { ...of, spec: { ...of.spec, ephemeralContainers: [{ name: "debug", volumeMounts }] } };
    const request = requestOf(object, { operation: "UPDATE", resource: "pods/ephemeralcontainers" });
    return admissionOf(AGENT).mutate(request, signal);
  };
  expect(await debug(undefined)).toMatchObject({ allowed: true });
  // Named by the notation, and the pod's own.
  const talends = await mutated(talendAt("/opt/talend/secrets"));
  expect(await debug("secrets", talends)).toMatchObject({ allowed: false });
  expect(await debug("own", talends)).toMatchObject({ allowed: true });
  const kept = ["sluice-source-web", "sluice-agent-state", "sluice-agent-files", "sluice-agent-files-1"];
  for (const volume of [...kept, "sluice-token-x", "sluice-files-x"])
    expect(await debug(volume)).toMatchObject({
      allowed: false,
      message: expect.stringContaining("which holds what another container is given"),
    });
});

function talendAt(folder: string): Pod {
  const pod = talend(
    {},
    { containers: [{ ...web, volumeMounts: [{ name: "secrets", mountPath: folder }] }] },
  );
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata?.annotations, "sluice.dev/source": "sidecar" },
    },
  };
}
