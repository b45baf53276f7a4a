import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { readVsi, vaultSidecarInjector } from "./vsi.js";
import type { VsiOptions } from "./vsi-options.js";

const PREFIX = "sidecar.vault.talend.org/";
const LABELS = { "com.talend.application": "shop", "com.talend.service": "web" };

interface Written {
  readonly labels?: Readonly<Record<string, string>>;
  readonly containers?: readonly Container[];
  readonly spec?: object;
}

function podOf(annotations: Readonly<Record<string, string>>, written: Written = {}): Pod {
  const { labels = LABELS, containers = [{ name: "web", command: ["/web"] }], spec = {} } = written;
  const all = { inject: "true", ...annotations };
  const prefixed = Object.entries(all).map(([name, value]) => [PREFIX + name, value]);
  return { metadata: { labels, annotations: Object.fromEntries(prefixed) }, spec: { ...spec, containers } };
}

const wanted = (annotations: Readonly<Record<string, string>>, written?: Written, options?: VsiOptions) =>
  readVsi(podOf(annotations, written), options).wanted;

const problems = (annotations: Readonly<Record<string, string>>, written?: Written, options?: VsiOptions) =>
  readVsi(podOf(annotations, written), options).problems.map(({ problem }) => problem);

const SCOPE = { namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };

function environment(pod: Pod) {
  const scope = { ...SCOPE, pod };
  return vaultSidecarInjector().readContainer?.(pod.spec.containers[0] ?? { name: "web" }, "app", scope);
}

describe("pods that ask for Vault Sidecar Injector", () => {
  it.each(["true", "on", "yes", "y", "Yes"])("are those with inject: %s", (inject) => {
    const pod = podOf({ inject });
    expect(vaultSidecarInjector().appliesTo(pod, { ...SCOPE, pod })).toBe(true);
  });

  it.each(["false", "no", "", "1"])("are not those with inject: '%s'", (inject) => {
    const pod = podOf({ inject });
    expect(vaultSidecarInjector().appliesTo(pod, { ...SCOPE, pod })).toBe(false);
  });

  it("ask by another prefix where one is configured", () => {
    const pod: Pod = {
      metadata: { labels: LABELS, annotations: { "secrets.acme/inject": "yes" } },
      spec: { containers: [] },
    };
    expect(vaultSidecarInjector({ prefix: "secrets.acme" }).appliesTo(pod, { ...SCOPE, pod })).toBe(true);
  });
});

describe("secrets in files", () => {
  it("come by default from the path of the labels, dynamic, in one file", () => {
    expect(wanted({})).toMatchObject({
      store: "vault",
      runs: { before: true, beside: true },
      keepsFresh: true,
      containers: ["web"],
      isJob: false,
      files: [{ folder: "/opt/talend/secrets", path: "secrets.properties" }],
    });
    expect(wanted({})?.files[0]?.template).toContain('secret "secret/shop/web"');
  });

  it("are one for each path, each with its command", () => {
    const read = wanted({
      "secrets-path": "secret/a,db/creds/b",
      "secrets-destination": "a.properties,b.properties",
      notify: "curl -X POST http://127.0.0.1:8080/reload",
    });
    expect(read?.files.map(({ path, notify }) => [path, notify])).toEqual([
      ["a.properties", [{ do: "http", method: "POST", url: "http://127.0.0.1:8080/reload" }]],
      ["b.properties", []],
    ]);
  });

  it("are made from templates, which take the place of paths", () => {
    const read = wanted(
      {
        "secrets-template": '{{ with secret "a" }}x{{ end }}---{{ with secret "b" }}y{{ end }}',
        "secrets-path": "ignored,ignored,ignored",
        "secrets-destination": "a,b",
      },
      { labels: { "com.talend.application": "shop" } },
    );
    expect(read?.files.map(({ template }) => template)).toEqual([
      '{{ with secret "a" }}x{{ end }}',
      '{{ with secret "b" }}y{{ end }}',
    ]);
  });

  it("are where the app mounts the volume secrets", () => {
    const containers = [{ name: "web", volumeMounts: [{ name: "secrets", mountPath: "/etc/app" }] }];
    expect(wanted({}, { containers })?.files[0]?.folder).toBe("/etc/app");
  });

  it("are written once where they are static", () => {
    expect(wanted({ "secrets-type": "static" })).toMatchObject({
      runs: { before: true, beside: false },
      keepsFresh: false,
    });
  });
});

describe("secrets in variables", () => {
  const STATIC = { "secrets-type": "static", "secrets-injection-method": "env" };

  it("are every key of every path, and ask for no agent", () => {
    const pod = podOf({ ...STATIC, "secrets-path": "secret/a,secret/b", "secrets-destination": "x,y" });
    expect(environment(pod)).toEqual({
      spread: [{ from: "secret://vault/secret/a" }, { from: "secret://vault/secret/b" }],
      problems: [],
    });
    expect(readVsi(pod)).toEqual({ problems: [] });
  });

  it("are not made from templates", () => {
    const pod = podOf({ ...STATIC, "secrets-template": "{{ 1 }}" });
    expect(environment(pod)?.problems?.[0]?.problem).toContain("secrets-template makes text");
  });

  it("are none where files are wanted", () => {
    expect(environment(podOf({}))).toEqual({});
  });
});

describe("modes", () => {
  it("proxy alone asks for the gateway and for no file", () => {
    expect(wanted({ mode: "proxy", "proxy-port": "9999" }, { labels: {} })).toMatchObject({
      files: [],
      runs: { before: false, beside: true },
      gateway: { port: 9999, token: "always", cache: true },
    });
  });

  it("proxy beside static secrets asks for both, and files that stay as they are", () => {
    expect(wanted({ mode: "secrets,proxy", "secrets-type": "static" })).toMatchObject({
      runs: { before: true, beside: true },
      keepsFresh: false,
      gateway: { port: 8200 },
    });
  });

  it.each([{ mode: "job" }, { workload: "job" }, { mode: "secrets,job" }])(
    "%o is a job with secrets",
    (written) => {
      expect(wanted(written)).toMatchObject({ isJob: true, files: [{ path: "secrets.properties" }] });
    },
  );
});

describe("what is denied, as there", () => {
  const TWO = { containers: [{ name: "a" }, { name: "b" }] };
  it.each<readonly [string, Readonly<Record<string, string>>, Written | undefined, RegExp]>([
    ["an unknown type", { "secrets-type": "fresh" }, undefined, /secrets-type is none/],
    ["an unknown auth", { auth: "ldap" }, undefined, /auth is none/],
    [
      "an unknown method",
      { "secrets-injection-method": "pipe" },
      undefined,
      /secrets-injection-method is none/,
    ],
    ["an unknown mode", { mode: "secrets,cache" }, undefined, /mode is none/],
    ["no labels and no path", {}, { labels: {} }, /names no path/],
    ["fewer destinations than paths", { "secrets-path": "a,b" }, undefined, /2 paths of secrets, and 1 dest/],
    [
      "more destinations than templates",
      { "secrets-template": "x", "secrets-destination": "a,b" },
      undefined,
      /1 templates of secrets, and 2/,
    ],
    ["approle and static", { auth: "approle", "secrets-type": "static" }, undefined, /"approle"/],
    ["env and dynamic", { "secrets-injection-method": "env" }, undefined, /cannot be kept fresh/],
    ["a job with a hook", { mode: "job", "secrets-hook": "true" }, undefined, /not for jobs/],
    ["a job of two containers", { mode: "job" }, TWO, /has 2 containers/],
    ["a pod without containers", {}, { containers: [] }, /no container/],
  ])("%s", (_, annotations, written, message) => {
    expect(problems(annotations, written)).toEqual([expect.stringMatching(message)]);
    expect(wanted(annotations, written)).toBeUndefined();
  });
});

describe("what is denied besides", () => {
  it.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
    ["a name of a file with a slash", { "secrets-destination": "../x" }, /no name of a file/],
    ["more commands than files", { notify: "touch /a,touch /b" }, /2 commands for 1 files/],
    ["a command for a shell", { notify: "/app/reload.sh" }, /only a shell can run/],
    ["a call to another pod", { notify: "curl http://10.0.0.1/" }, /not the pod's own/],
    ["a signal without shared processes", { notify: "pkill -HUP nginx" }, /sees none but its own/],
    ["a misspelt annotation", { "secret-path": "a" }, /is none that this notation has/],
    ["a port of root's", { mode: "proxy", "proxy-port": "80" }, /is no port/],
  ])("%s", (_, annotations, message) => {
    expect(problems(annotations)).toEqual([expect.stringMatching(message)]);
  });

  it("a server that no store is known for", () => {
    expect(problems({}, undefined, { storeOf: () => undefined })).toEqual([
      expect.stringContaining("no store is known"),
    ]);
  });
});

it("hands role and method to storeOf", () => {
  const storeOf = ({ role, authMethod }: { role?: string; authMethod?: string }) => `${authMethod}-${role}`;
  expect(wanted({ auth: "approle" }, undefined, { storeOf })?.store).toBe("approle-shop");
  expect(wanted({ role: "reader" }, undefined, { storeOf })?.store).toBe("kubernetes-reader");
});

describe("signals", () => {
  const user = { securityContext: { runAsUser: 1000 } };
  it("are sent where processes are shared and the user is known", () => {
    const spec = { shareProcessNamespace: true, ...user };
    expect(wanted({ notify: "pkill -HUP nginx" }, { spec })?.files[0]?.notify).toEqual([
      { do: "signal", signal: "SIGHUP", process: "nginx" },
    ]);
  });

  it("are denied where the user is not known", () => {
    expect(problems({ notify: "pkill -HUP nginx" }, { spec: { shareProcessNamespace: true } })).toEqual([
      expect.stringContaining("only the same user"),
    ]);
  });
});

it("runs what needs a shell where the agent has one", () => {
  expect(wanted({ notify: "/app/reload.sh" }, undefined, { shell: true })?.files[0]?.notify).toEqual([
    { do: "command", command: ["/bin/sh", "-c", "/app/reload.sh"] },
  ]);
});
