import { mutatePod } from "@sluice/core/mutation";
import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { isKeesInit, keesInit } from "./kees-init.js";

const OURS = "registry.example/sluice:1";
const strategy = keesInit();
const settings = { images: { "bsycorp/kees/init": OURS, "bsycorp/kees-init": OURS } };

function podWith(container: Partial<Container>, spec: Partial<Pod["spec"]> = {}): Pod {
  return {
    spec: {
      containers: [{ name: "app", image: "bsycorp/kees/init" }],
      initContainers: [
        { name: "other", image: "busybox", command: ["true"] },
        {
          name: "init",
          image: "bsycorp/kees/init:latest",
          env: [{ name: "ENV_LABEL", value: "prod" }],
          volumeMounts: [
            { name: "secret-volume", mountPath: "/secret" },
            { name: "annotations", mountPath: "/annotations", readOnly: true },
          ],
          ...container,
        },
      ],
      volumes: [
        { name: "secret-volume", emptyDir: { sizeLimit: "1Mi" } },
        { name: "annotations", downwardAPI: {} },
        { name: "cache", emptyDir: {} },
      ],
      ...spec,
    },
  };
}

function mutated(pod: Pod): Pod {
  const context = { pod, plans: new Map(), imageCommands: new Map(), settings: { kees: settings } as never };
  return mutatePod([strategy], context).pod;
}

function init(pod: Pod): Container | undefined {
  return mutated(pod).spec.initContainers?.find(({ name }) => name === "init");
}

describe("keesInit", () => {
  it("takes the place of kees' image, and keeps name, variables and mounts", () => {
    const pod = podWith({ command: ["/entrypoint.sh"], args: ["java"] });
    const after = mutated(pod);
    expect(after.spec.containers).toEqual(pod.spec.containers);
    expect(after.spec.initContainers?.[0]).toEqual(pod.spec.initContainers?.[0]);
    const { command: _, ...before } = pod.spec.initContainers?.[1] ?? { name: "" };
    expect(after.spec.initContainers?.[1]).toEqual({
      ...before,
      image: OURS,
      args: ["write", "--dialect", "kees"],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
  });

  it("keeps in memory what is written, and nothing else", () => {
    expect(mutated(podWith({})).spec.volumes).toEqual([
      { name: "secret-volume", emptyDir: { sizeLimit: "1Mi", medium: "Memory" } },
      { name: "annotations", downwardAPI: {} },
      { name: "cache", emptyDir: {} },
    ]);
  });

  it("gives the same for a pod that it has changed already", () => {
    const once = mutated(podWith({}));
    expect(mutated(once)).toEqual(once);
  });

  it.each([
    "bsycorp/kees/init",
    "docker.io/bsycorp/kees/init:0.1.5",
    "registry.local:5000/bsycorp/kees/init",
    `bsycorp/kees-init@sha256:${"0".repeat(64)}`,
  ])("knows %s", (image) => {
    expect(init(podWith({ image }))?.image).toBe(OURS);
  });

  it.each(["bsycorp/kees/creator:latest", "evil/bsycorp/kees/init", "bsycorp/kees/initial", ""])(
    "leaves %s alone",
    (image) => {
      const pod = podWith({ image });
      expect(mutated(pod)).toEqual(pod);
    },
  );

  it("replaces nothing without a map", () => {
    const pod = podWith({});
    const context = { pod, plans: new Map(), imageCommands: new Map(), settings: {} as never };
    expect(strategy.appliesTo(context)).toBe(false);
  });

  it("leaves a pod alone that wants to be, or a container that is excluded", () => {
    for (const annotation of [
      { "sluice.dev/inject": "false" },
      { "sluice.dev/exclude-containers": "init" },
    ]) {
      const pod = { ...podWith({}), metadata: { annotations: annotation } };
      expect(mutated(pod)).toEqual(pod);
    }
  });

  it("is known before and after", () => {
    const [other, before] = podWith({}).spec.initContainers ?? [];
    const after = init(podWith({}));
    expect([other, before, after].map((each) => each && isKeesInit(each, settings))).toEqual([
      false,
      true,
      true,
    ]);
    expect(isKeesInit({ name: "broker", image: OURS, args: ["broker"] }, settings)).toBe(false);
  });

  it("does not run as root, whatever the pod says, and as the user that it says otherwise", () => {
    const root = podWith({}, { securityContext: { runAsUser: 0 } });
    expect(init(root)?.["securityContext"]).toMatchObject({ runAsUser: 65_532, runAsNonRoot: true });
    const user = podWith({ securityContext: { runAsUser: 1000, readOnlyRootFilesystem: false } });
    expect(init(user)?.["securityContext"]).toMatchObject({
      runAsUser: 1000,
      runAsNonRoot: true,
      readOnlyRootFilesystem: false,
    });
  });
});
