import type { Pod } from "@sluice/core/pod";
import type { AgentSettings } from "@sluice/webhook";
import { describe, expect, it } from "vitest";
import {
  admissionOf,
  AGENT,
  denial,
  filesOf,
  hashicorp,
  mutated,
  named,
  signal,
  talend,
  variable,
} from "./agent-pods.js";
import { requestOf } from "./support.js";

describe("an agent as a native sidecar", () => {
  it("stands before the app, with a probe that opens no port, its files in memory", async () => {
    const { spec } = await mutated(hashicorp());
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-install", "sluice-agent"]);
    expect(spec.containers.map(({ name }) => name)).toEqual(["web"]);
    const agent = named(spec.initContainers, "sluice-agent");
    expect(agent).toMatchObject({
      restartPolicy: "Always",
      image: "example.test/sluice:1",
      args: ["sidecar", "--state", "/run/sluice", "--refresh", "300000ms", "--no-revoke", "--grace", "5s"],
      startupProbe: { exec: { command: ["/sluice/sluice-launch", "check"] } },
    });
    expect(variable(agent, "SLUICE_SOURCE")).toBe("file:/run/sluice/ready");
    expect(filesOf(agent)).toMatchObject({
      roots: ["/vault/secrets"],
      files: [
        { path: "/vault/secrets/db", mode: "0444", content: { format: "go-template", store: "vault" } },
      ],
    });
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: "sluice-agent-files", mountPath: "/vault/secrets", readOnly: true },
    ]);
    for (const name of ["sluice-agent-files", "sluice-agent-state"])
      expect(spec.volumes?.find((volume) => volume.name === name)).toMatchObject({
        emptyDir: { medium: "Memory" },
      });
    expect(spec.volumes?.find(({ name }) => name === "sluice-agent-token")).toMatchObject({
      projected: { sources: [{ serviceAccountToken: { audience: "vault", path: "token" } }] },
    });
  });

  it("logs in with the role that the pod names, and keeps its login over restarts", async () => {
    const { spec } = await mutated(hashicorp());
    const stores = JSON.parse(
      variable(named(spec.initContainers, "sluice-agent"), "SLUICE_STORES"),
    ) as object;
    expect(stores).toEqual({
      stores: {
        vault: {
          ...AGENT.stores["vault"],
          auth: { kubernetes: { role: "web", tokenPath: "/var/run/secrets/sluice-agent/token" } },
          session: { file: "/run/sluice/session-vault", keep: true },
        },
      },
    });
  });

  it("satisfies Pod Security restricted, and has room for its volumes", async () => {
    const { spec } = await mutated(hashicorp({ "agent-limits-mem": "256Mi", "agent-requests-cpu": "5m" }));
    expect(named(spec.initContainers, "sluice-agent")).toMatchObject({
      resources: { limits: { memory: "268Mi" }, requests: { cpu: "5m", memory: "96Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    const small = await mutated(hashicorp({ "agent-limits-mem": "16Mi" }));
    expect(named(small.spec.initContainers, "sluice-agent")).toMatchObject({
      resources: { limits: { memory: "172Mi" } },
    });
  });

  it("stands where the pod wants it, and others see its files if it comes first", async () => {
    const initContainers = [{ name: "migrate", image: "m" }];
    const last = await mutated(hashicorp({}, { initContainers }));
    expect(last.spec.initContainers?.map(({ name }) => name)).toEqual([
      "sluice-install",
      "migrate",
      "sluice-agent",
    ]);
    const first = await mutated(hashicorp({ "agent-init-first": "true" }, { initContainers }));
    expect(first.spec.initContainers?.map(({ name }) => name)).toEqual([
      "sluice-install",
      "sluice-agent",
      "migrate",
    ]);
    expect(named(first.spec.initContainers, "migrate").volumeMounts).toHaveLength(1);
    expect(named(last.spec.initContainers, "migrate").volumeMounts).toBeUndefined();
  });
});

describe("whose the files are", () => {
  const modeOf = async (pod: Pod) => {
    const agent = named((await mutated(pod)).spec.initContainers, "sluice-agent");
    const [file] = filesOf(agent).files;
    return { mode: file?.mode, owner: file?.owner, user: agent["securityContext"] };
  };

  it("the app's user's alone, where the pod says who that is", async () => {
    expect(await modeOf(hashicorp({}, { securityContext: { runAsUser: 1000 } }))).toMatchObject({
      mode: "0400",
      user: { runAsUser: 1000 },
    });
  });

  it("its group's, where there is one", async () => {
    expect(await modeOf(hashicorp({}, { securityContext: { fsGroup: 2000 } }))).toMatchObject({
      mode: "0440",
      owner: { gid: 2000 },
    });
  });

  it("those that the notation says", async () => {
    expect(await modeOf(hashicorp({ "agent-inject-perms-db": "0640" }))).toMatchObject({ mode: "0640" });
  });

  it("never root's: the agent then runs as its image's user", async () => {
    expect(await modeOf(hashicorp({}, { securityContext: { runAsUser: 0 } }))).toMatchObject({
      mode: "0444",
      user: { runAsUser: 65_532 },
    });
  });
});

describe("an agent on a cluster without native sidecars", () => {
  it("is a run before the app that leaves its lease, and a container that goes on with it", async () => {
    const { spec } = await mutated(hashicorp(), { nativeSidecars: false });
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-agent-init"]);
    expect(spec.containers.map(({ name }) => name)).toEqual(["web", "sluice-agent"]);
    const before = named(spec.initContainers, "sluice-agent-init");
    expect(before.args).toEqual(["sidecar", "--once", "--state", "/run/sluice"]);
    const beside = named(spec.containers, "sluice-agent");
    expect(beside["restartPolicy"]).toBeUndefined();
    expect(beside.volumeMounts).toEqual(before.volumeMounts);
    expect(variable(before, "SLUICE_STORES")).toContain('"keep":true');
  });

  it("is that run alone where the pod asks for no more", async () => {
    const { spec } = await mutated(hashicorp({ "agent-pre-populate-only": "true" }));
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-agent-init"]);
    expect(spec.containers.map(({ name }) => name)).toEqual(["web"]);
  });
});

describe("a pod of Vault Sidecar Injector", () => {
  it("has its volume where it mounts it, and gets it where it does not", async () => {
    const containers = [
      { name: "web", image: "w", volumeMounts: [{ name: "secrets", mountPath: "/etc/app" }] },
      { name: "log", image: "l" },
    ];
    const { spec } = await mutated(talend({}, { containers }));
    expect(spec.containers.map(({ volumeMounts }) => volumeMounts)).toEqual([
      [{ name: "secrets", mountPath: "/etc/app" }],
      [{ name: "secrets", mountPath: "/etc/app", readOnly: true }],
    ]);
    expect(spec.volumes?.find(({ name }) => name === "secrets")).toMatchObject({
      emptyDir: { medium: "Memory" },
    });
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-install", "sluice-agent"]);
  });

  it("may bring its own volume, if that is in memory", async () => {
    const own = [{ name: "secrets", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } }];
    expect((await mutated(talend({}, { volumes: own }))).spec.volumes?.[0]).toEqual(own[0]);
    expect(await denial(talend({}, { volumes: [{ name: "secrets", emptyDir: {} }] }))).toContain(
      "not in memory",
    );
  });

  it("gets only the run before it for static secrets", async () => {
    const { spec } = await mutated(talend({ "secrets-type": "static" }));
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-agent-init"]);
  });
});

describe("a pod that cannot be given an agent", () => {
  it.each<readonly [string, Pod, AgentSettings | undefined, string]>([
    ["where none is set up", hashicorp(), undefined, "not set up"],
    ["for a store that is not", hashicorp(), { ...AGENT, stores: {} }, 'store "vault"'],
    ["without the role that its store wants", hashicorp({ role: "" }), AGENT, "the pod names none"],
    ["with a role that is none", hashicorp({ role: "a/../b" }), AGENT, "no name of one"],
    ["in a folder that others need", hashicorp({ "secret-volume-path": "/usr/lib" }), AGENT, "would hide"],
    [
      "in a place that is taken",
      hashicorp(
        {},
        { containers: [{ name: "web", volumeMounts: [{ name: "x", mountPath: "/vault/secrets" }] }] },
      ),
      AGENT,
      "mounts something of its own",
    ],
    [
      "with a template of vault-k8s that is none",
      hashicorp({ "agent-inject-template-db": 'a\n{{ with secret "x" }}' }),
      AGENT,
      'template "/vault/secrets/db", line 2, column 4: unexpected EOF: with has no end',
    ],
    [
      "with a template of vault-k8s, in delimiters of its own, whose function there is none of",
      hashicorp({
        "agent-inject-template-db": "{{ tirm }} [[ tirm ]]",
        "agent-template-left-delim-db": "[[",
        "agent-template-right-delim-db": "]]",
      }),
      AGENT,
      'line 1, column 15: function "tirm" is not defined. Did you mean trim?',
    ],
    [
      "with a template of Vault Sidecar Injector that asks for Consul",
      talend({ "secrets-template": 'ok---{{ key "a" }}', "secrets-destination": "a,b" }),
      AGENT,
      'template "/opt/talend/secrets/b", line 1, column 4: function "key" is refused',
    ],
    ["for Windows", hashicorp({}, { os: { name: "windows" } }), AGENT, "Windows"],
  ])("%s", async (_, pod, settings, message) => {
    const admission = admissionOf(settings);
    const answer = await admission.mutate(requestOf(pod), signal);
    expect(answer).toMatchObject({ allowed: false, message: expect.stringContaining(message) });
  });

  it("for two notations at once", async () => {
    const pod = hashicorp();
    const both = { ...pod.metadata?.annotations, ...talend().metadata?.annotations };
    const labels = talend().metadata?.labels ?? {};
    expect(await denial({ ...pod, metadata: { annotations: both, labels } })).toContain("two notations");
  });
});

it("takes the agent it has added for none of the app's containers", async () => {
  const { spec } = await mutated(talend({ mode: "job" }), { nativeSidecars: false });
  expect(spec.containers.map(({ name }) => name)).toEqual(["web", "sluice-agent"]);
  // It sees for itself when the job has ended.
  const agent = named(spec.containers, "sluice-agent");
  expect(agent.args?.slice(-2)).toEqual(["--end-with-pod", "$(POD_NAMESPACE)/$(POD_NAME)"]);
  expect(agent.volumeMounts).toContainEqual({
    name: "sluice-agent-api",
    mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
    readOnly: true,
  });
});

describe("a gateway", () => {
  it("is served by the agent, on the port that the pod names", async () => {
    const { spec } = await mutated(
      hashicorp({ "agent-cache-enable": "true", "agent-cache-listener-port": "8300" }),
    );
    expect(named(spec.initContainers, "sluice-agent").args?.slice(-3)).toEqual([
      "--gateway",
      "vault:8300:absent",
      "--gateway-cache",
    ]);
  });

  it("alone needs no files", async () => {
    const { spec } = await mutated(talend({ mode: "proxy,job" }));
    const agent = named(spec.initContainers, "sluice-agent");
    expect(agent.args?.slice(-3)).toEqual(["--gateway", "vault:8200:always", "--gateway-cache"]);
    expect(variable(agent, "SLUICE_FILES")).toBe("");
    expect(spec.containers[0]?.volumeMounts).toBeUndefined();
  });

  it("beside static secrets leaves these to the run before the app", async () => {
    const { spec } = await mutated(talend({ mode: "secrets,proxy", "secrets-type": "static" }));
    expect(spec.initContainers?.map(({ name }) => name)).toEqual([
      "sluice-install",
      "sluice-agent-init",
      "sluice-agent",
    ]);
    expect(variable(named(spec.initContainers, "sluice-agent"), "SLUICE_FILES")).toBe("");
    expect(filesOf(named(spec.initContainers, "sluice-agent-init")).files).toHaveLength(1);
  });

  it.each([
    ["vault-k8s", hashicorp({ "agent-cache-enable": "true" }, { hostNetwork: true })],
    ["Vault Sidecar Injector", talend({ mode: "proxy" }, { hostNetwork: true })],
  ])("is denied on the node's network: %s", async (_, pod) => {
    expect(await denial(pod)).toContain("every program of the node");
  });
});
