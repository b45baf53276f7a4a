import type { Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { plain, plan, pod, web } from "./mutate.js";

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
