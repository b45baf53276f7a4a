import { parsePlan } from "@sluice/core/plan";
import { type Container, expandVariables } from "@sluice/core/pod";
import { type InjectionSettings } from "@sluice/webhook";
import { describe, expect, it } from "vitest";
import { mutate, plain, pod, web } from "./mutate.js";
import { SETTINGS } from "./support.js";

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

  it("starts what its image says to the letter, though the kubelet expands what stands in a pod", () => {
    const { command: _, args: __, ...bare } = web;
    const said = ["$(DB)", "$DB $$ $$(DB)", "5$", "${secret}"];
    const { pod: changed } = mutate(pod([bare]), { web: { entrypoint: said, cmd: said } });
    const [{ command = [], args = [] }] = changed.spec.containers as [Container];
    const expanded = (text: string) => expandVariables(text, () => true)[0];
    expect([...command.slice(3), ...args].map(expanded)).toEqual([...said, ...said]);
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

  it.each<[string, object | undefined, boolean]>([
    ["all that it may use in a pod that is Guaranteed", { limits: { cpu: 1, memory: "1Gi" } }, true],
    [
      "all that it may use where requests are stated too",
      { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "1", memory: "1Gi" } },
      true,
    ],
    [
      "little in a pod that asks for less than it may use",
      { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "1m" } },
      false,
    ],
    ["little in a pod that has no limit of one kind", { limits: { memory: "1Gi" } }, false],
    ["little in a pod that says nothing", undefined, false],
    ["little in a pod that says nothing of use", { limits: null }, false],
  ])("has an installer that asks for %s", (_, resources, isWhole) => {
    const { pod: changed } = mutate(pod([{ ...web, ...(resources && { resources }) }]));
    const limits = { cpu: "100m", memory: "32Mi" };
    expect(changed.spec.initContainers?.[0]?.["resources"]).toEqual({
      limits,
      requests: isWhole ? limits : { cpu: "10m", memory: "16Mi" },
    });
    expect(mutate(changed).patch).toEqual([]);
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
