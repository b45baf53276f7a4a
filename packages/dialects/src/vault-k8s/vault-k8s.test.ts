import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import type { AgentOptions } from "../agent/agent-options.js";
import { readVaultK8s, vaultK8s } from "./vault-k8s.js";

const PREFIX = "vault.hashicorp.com/";
type Annotations = Readonly<Record<string, string>>;

interface Written {
  readonly containers?: readonly Container[];
  readonly spec?: object;
}

function podOf(annotations: Annotations, { containers = [{ name: "web" }], spec = {} }: Written = {}): Pod {
  const all = { "agent-inject": "true", "agent-inject-secret-db": "secret/data/db", ...annotations };
  const prefixed = Object.entries(all).map(([name, value]) => [PREFIX + name, value]);
  return { metadata: { annotations: Object.fromEntries(prefixed) }, spec: { ...spec, containers } };
}

const wanted = (annotations: Annotations, written?: Written, options?: AgentOptions) =>
  readVaultK8s(podOf(annotations, written), options).wanted;

const problems = (annotations: Annotations, written?: Written, options?: AgentOptions) =>
  readVaultK8s(podOf(annotations, written), options).problems.map(({ problem }) => problem);

function applies(inject: string | undefined): boolean {
  const metadata = { annotations: inject === undefined ? {} : { [`${PREFIX}agent-inject`]: inject } };
  const pod: Pod = { metadata, spec: { containers: [] } };
  const scope = { pod, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  return vaultK8s().appliesTo(pod, scope);
}

describe("pods that ask for vault-k8s", () => {
  it("are those with agent-inject", () => {
    expect([applies("true"), applies("1"), applies("maybe")]).toEqual([true, true, true]);
    expect([applies("false"), applies("0"), applies(""), applies(undefined)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(problems({ "agent-inject": "maybe" })).toEqual([
      expect.stringContaining("neither true nor false"),
    ]);
  });
});

describe("files", () => {
  it("have the injector's own defaults", () => {
    expect(wanted({})).toEqual({
      store: "vault",
      files: [
        {
          label: "db",
          folder: "/vault/secrets",
          path: "db",
          template:
            '{{ with secret "secret/data/db" }}{{ range $k, $v := .Data }}{{ $k }}: {{ $v }}\n{{ end }}{{ end }}',
          missingKey: "zero",
          notify: [],
        },
      ],
      runs: { before: true, beside: true },
      keepsFresh: true,
      initFirst: false,
      containers: ["web"],
      isJob: false,
      refreshMs: 300_000,
      revoke: false,
      graceSeconds: 5,
      shareProcessNamespace: false,
    });
  });

  it("are as their annotations say", () => {
    const read = wanted({
      "agent-inject-template-db": '[[ with secret "a" ]]x[[ end ]]',
      "agent-template-left-delim-db": "[[",
      "agent-template-right-delim-db": "]]",
      "agent-inject-file-db": "conf/db.ini",
      "agent-inject-perms-db": "0640",
      "secret-volume-path-db": "/etc/app/",
      "error-on-missing-key-db": "true",
      "agent-inject-command-db": "touch /tmp/reload",
    });
    expect(read?.files).toEqual([
      {
        label: "db",
        folder: "/etc/app",
        path: "conf/db.ini",
        template: '[[ with secret "a" ]]x[[ end ]]',
        delimiters: ["[[", "]]"],
        missingKey: "error",
        mode: 0o640,
        notify: [{ do: "touch", path: "/tmp/reload" }],
      },
    ]);
  });

  it("are named in lower case, unless their case is preserved", () => {
    const read = wanted({
      "agent-inject-secret-One": "a",
      "agent-inject-secret-Two": "b",
      "preserve-secret-case-Two": "true",
    });
    expect(read?.files.map(({ path }) => path)).toEqual(["one", "Two", "db"]);
    const all = wanted({ "agent-inject-secret-One": "a", "preserve-secret-case": "true" });
    expect(all?.files.map(({ path }) => path)).toEqual(["One", "db"]);
  });

  it("need no secret of their own where there is a template", () => {
    const read = wanted({ "agent-inject-template-only": "x" });
    expect(read?.files.map(({ label, template }) => [label, template])).toContainEqual(["only", "x"]);
  });

  it("are JSON where the default template is", () => {
    expect(wanted({ "agent-inject-default-template": "json" })?.files[0]?.template).toContain(
      ".Data | toJSON",
    );
  });
});

describe("the agent", () => {
  it("runs before the app, beside it, or both", () => {
    expect(wanted({ "agent-pre-populate-only": "true" })?.runs).toEqual({ before: true, beside: false });
    expect(wanted({ "agent-pre-populate": "false" })?.runs).toEqual({ before: false, beside: true });
  });

  it("is set up as the pod says", () => {
    const read = wanted(
      {
        "agent-init-first": "true",
        "agent-inject-containers": "web",
        "agent-run-as-user": "1001",
        "agent-run-as-group": "1002",
        "agent-limits-cpu": "500m",
        "agent-limits-mem": "256Mi",
        "agent-limits-ephemeral": "2Gi",
        "agent-requests-cpu": "50m",
        "agent-requests-mem": "96Mi",
        "agent-requests-ephemeral": "1Gi",
        "agent-revoke-on-shutdown": "true",
        "agent-revoke-grace": "7",
        "agent-cache-enable": "true",
        "agent-cache-use-auto-auth-token": "force",
        "agent-cache-listener-port": "8300",
        "template-static-secret-render-interval": "1m30s",
      },
      { containers: [{ name: "web" }, { name: "proxy" }] },
    );
    expect(read).toMatchObject({
      initFirst: true,
      containers: ["web"],
      user: { uid: 1001, gid: 1002 },
      resources: {
        limits: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "2Gi" },
        requests: { cpu: "50m", memory: "96Mi", "ephemeral-storage": "1Gi" },
      },
      revoke: true,
      graceSeconds: 7,
      gateway: { port: 8300, token: "always", cache: true },
      refreshMs: 90_000,
    });
  });

  it("runs as the first container where the pod asks for that", () => {
    const same = { "agent-run-as-same-user": "true" };
    const containers = [{ name: "web", securityContext: { runAsUser: 5 } }];
    expect(wanted(same, { containers })?.user).toEqual({ uid: 5 });
    expect(problems(same)).toEqual([expect.stringContaining("which the pod does not say")]);
  });

  it("asks storeOf for the server", () => {
    const servers: unknown[] = [];
    const storeOf = (server: object) => {
      servers.push(server);
      return "other";
    };
    const named = {
      service: "https://v:8200",
      namespace: "eu",
      role: "r",
      "auth-path": "auth/k",
      "auth-type": "jwt",
    };
    expect(wanted(named, undefined, { storeOf })?.store).toBe("other");
    expect(servers).toEqual([
      { address: "https://v:8200", namespace: "eu", role: "r", authPath: "auth/k", authMethod: "jwt" },
    ]);
    expect(problems(named)).toEqual([expect.stringContaining("no store is known")]);
  });

  it("is none where nothing is asked for", () => {
    expect(readVaultK8s(podOf({ "agent-inject-secret-db": "" }))).toEqual({ problems: [] });
  });
});

describe("what is denied", () => {
  it.each<readonly [string, Annotations, RegExp]>([
    ["a template in a file", { "agent-inject-template-file-db": "/x" }, /template-file-db is refused/],
    ["a patch", { "agent-json-patch": "[]" }, /json-patch is refused/],
    ["a token for the app", { "agent-inject-token": "true" }, /inject-token is refused/],
    ["an agent's configuration", { "agent-configmap": "x" }, /configmap is refused/],
    [
      "an unknown container",
      { "agent-inject-containers": "web,side" },
      /container that the pod does not have/,
    ],
    ["root", { "agent-run-as-user": "0" }, /as root/],
    [
      "a file above its folder",
      { "agent-inject-file-db": "../../etc/passwd" },
      /no file of the pod's volume/,
    ],
    ["a folder that is none", { "secret-volume-path": "vault" }, /no file of the pod's volume/],
    ["no permissions", { "agent-inject-perms-db": "rw" }, /no permission/],
    ["no duration", { "template-static-secret-render-interval": "soon" }, /no duration/],
    ["no quantity", { "agent-limits-mem": "a lot" }, /no quantity/],
    ["no flag", { "agent-init-first": "first" }, /neither true nor false/],
    ["no choice", { "agent-inject-default-template": "xml" }, /none of what there is/],
    ["a misspelt annotation", { "agent-inject-secrets-db": "x" }, /is none that this notation has/],
    ["a signal by itself", { "agent-inject-command-db": "kill -HUP $(pidof app)" }, /sees none but its own/],
  ])("%s", (_, annotations, message) => {
    expect(problems(annotations)).toEqual([expect.stringMatching(message)]);
  });

  it("is not a signal where the pod asks to share its processes and says its user", () => {
    const annotations = {
      "agent-inject-command-db": "pkill -HUP app",
      "agent-share-process-namespace": "true",
    };
    const spec = { securityContext: { runAsUser: 1000 } };
    expect(wanted(annotations, { spec })).toMatchObject({
      shareProcessNamespace: true,
      files: [{ notify: [{ do: "signal", signal: "SIGHUP", process: "app" }] }],
    });
    expect(problems({ ...annotations, "agent-run-as-user": "1001" }, { spec })).toHaveLength(1);
  });
});
