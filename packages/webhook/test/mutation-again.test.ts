import type { Container, Pod } from "@sluice/core/pod";
import { type InjectionSettings } from "@sluice/webhook";
import { describe, expect, it } from "vitest";
import { mutate, plain, pod, web } from "./mutate.js";
import { SETTINGS } from "./support.js";

describe("a pod that was changed already", () => {
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
});
