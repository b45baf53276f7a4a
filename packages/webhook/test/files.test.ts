import { parseFilesPlan, parsePlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { admission, ASKING, mutated, pod, signal, variables, web } from "./file-pods.js";
import { requestOf } from "./support.js";

describe("a pod that asks for files", () => {
  it("gets an init container that writes them, as the user that reads them, and sees nothing else", async () => {
    const changed = await mutated(pod(ASKING));
    const [writer] = changed.spec.initContainers ?? [];
    expect(writer).toMatchObject({
      name: "sluice-write-web",
      image: "example.test/sluice:1",
      args: ["write", "--allow", "/secrets"],
      volumeMounts: [
        { name: "sluice-files-web-0", mountPath: "/secrets" },
        { name: "sluice-token-sluice-write-web", mountPath: "/var/run/secrets/sluice", readOnly: true },
      ],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 1000,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    const { SLUICE_FILES = "", SLUICE_PLAN = "", SLUICE_SOURCE } = variables(writer as Container);
    expect(SLUICE_SOURCE).toBe("https://10.96.4.2:8443");
    expect(parseFilesPlan(SLUICE_FILES)).toEqual({
      version: 1,
      minReader: 1,
      critical: [],
      roots: ["/secrets"],
      files: [
        {
          path: "/secrets/db",
          content: { format: "raw", text: "secret://prod/db#password" },
          owner: { uid: 1000 },
        },
      ],
    });
    expect(parsePlan(SLUICE_PLAN)).toMatchObject({
      container: "sluice-write-web",
      env: { R0: "secret://prod/db?decode=encode-base64#password" },
      optional: ["R0"],
      source: { token: "/var/run/secrets/sluice/token", roots: "ROOTS" },
    });
    expect(changed.spec.volumes).toEqual([
      {
        name: "sluice-token-sluice-write-web",
        projected: {
          sources: [
            {
              serviceAccountToken: {
                audience: "sluice/sluice-write-web",
                path: "token",
                expirationSeconds: 3600,
              },
            },
          ],
        },
      },
      { name: "sluice-files-web-0", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
    ]);
    expect(changed.spec.containers[0]).toEqual({
      ...web,
      env: [],
      volumeMounts: [{ name: "sluice-files-web-0", mountPath: "/secrets", readOnly: true }],
    });
  });

  it("reads every annotation, and gives each app container files of its own", async () => {
    const changed = await mutated(
      pod(
        {
          "sluice.dev/file.app.properties":
            "# comment\nurl=jdbc:${secret://prod/db#url}\n\nsecret://prod/more\n",
          "sluice.dev/file-format.app.properties": "java-properties",
          "sluice.dev/file-path.app.properties": "/etc/app/conf/app.properties",
          "sluice.dev/file-mode.app.properties": "0440",
          "sluice.dev/file.tls": "${secret://prod/tls#cert}${secret://prod/tls#key}",
          "sluice.dev/file-format.tls": "pkcs12",
          "sluice.dev/file-password.tls": "secret://prod/pw",
          "sluice.dev/file-alias.tls": "app",
          "sluice.dev/file-path.tls": "/etc/app/tls",
          "sluice.dev/file.all": "secret://prod/all",
          "sluice.dev/file-format.all": "directory",
          "sluice.dev/file.tpl": '{{ (secret "secret/data/x").Data.data.y }}',
          "sluice.dev/file-format.tpl": "go-template",
          "sluice.dev/file-store.tpl": "vault",
          "sluice.dev/file-missing-key.tpl": "error",
          "sluice.dev/ignore-missing": "true",
        },
        [
          { ...web, env: [] },
          { ...web, name: "log", env: [], securityContext: { runAsUser: 2000 } },
        ],
      ),
    );
    const plans = (changed.spec.initContainers ?? []).map((writer) =>
      parseFilesPlan(variables(writer)["SLUICE_FILES"] ?? ""),
    );
    expect(plans.map(({ files }) => files[0]?.owner)).toEqual([{ uid: 1000 }, { uid: 2000 }]);
    expect(plans[0]?.roots).toEqual(["/etc/app", "/secrets"]);
    expect(
      plans[0]?.files.map(({ path, mode, optional, content }) => ({ path, mode, optional, content })),
    ).toEqual([
      {
        path: "/secrets/all",
        mode: undefined,
        optional: true,
        content: { format: "directory", spread: [{ from: "secret://prod/all", optional: true }] },
      },
      {
        path: "/etc/app/conf/app.properties",
        mode: "0440",
        optional: true,
        content: {
          format: "java-properties",
          spread: [{ from: "secret://prod/more", optional: true }],
          entries: { url: "jdbc:${secret://prod/db#url}" },
          optional: ["url"],
        },
      },
      {
        path: "/etc/app/tls",
        mode: undefined,
        optional: true,
        content: {
          format: "pkcs12",
          text: "${secret://prod/tls#cert}${secret://prod/tls#key}",
          password: "secret://prod/pw",
          alias: "app",
        },
      },
      {
        path: "/secrets/tpl",
        mode: undefined,
        optional: true,
        content: {
          format: "go-template",
          template: '{{ (secret "secret/data/x").Data.data.y }}',
          store: "vault",
          missingKey: "error",
        },
      },
    ]);
    const [writer] = changed.spec.initContainers ?? [];
    const { env } = parsePlan(variables(writer as Container)["SLUICE_PLAN"] ?? "");
    expect(Object.values(env)).toContain("secret://vault/secret/data/x?decode=encode-base64");
    const volumes = changed.spec.containers.map(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    );
    expect(volumes).toEqual([
      ["sluice-files-web-0", "sluice-files-web-1"],
      ["sluice-files-log-0", "sluice-files-log-1"],
    ]);
  });

  it("may take its variables from a file too, and then has no token", async () => {
    const changed = await mutated(pod({ "sluice.dev/source": "file" }, [web]));
    const [container] = changed.spec.containers;
    expect(container).toMatchObject({
      command: ["/sluice/sluice-launch", "exec", "--", "/web"],
      volumeMounts: [
        { name: "sluice-launcher", mountPath: "/sluice", readOnly: true },
        { name: "sluice-files-web-0", mountPath: "/var/run/secrets/sluice-environment", readOnly: true },
      ],
    });
    expect(variables(container as Container)["SLUICE_SOURCE"]).toBe(
      "file:/var/run/secrets/sluice-environment/answer",
    );
    const [writer] = changed.spec.initContainers ?? [];
    expect(parseFilesPlan(variables(writer as Container)["SLUICE_FILES"] ?? "").files).toEqual([
      {
        path: "/var/run/secrets/sluice-environment/answer",
        owner: { uid: 1000 },
        content: {
          format: "environment",
          plan: { version: 1, minReader: 1, critical: [], container: "web", env: { DB: "secret://prod/db" } },
        },
      },
    ]);
    expect((changed.spec.volumes ?? []).map(({ name }) => name)).not.toContain("sluice-token-web");
  });

  it("has its probes and hooks behind the launcher then, and only then", async () => {
    const exec = { command: ["/check", "$DB"] };
    const probed = {
      ...web,
      livenessProbe: { exec, periodSeconds: 3 },
      readinessProbe: { httpGet: { port: 80 } },
      lifecycle: { preStop: { exec }, postStart: { httpGet: { port: 80 } }, stopSignal: "SIGINT" },
    };
    const wrapped = { command: ["/sluice/sluice-launch", "exec", "--", "/check", "$DB"] };
    const fromFile = await mutated(pod({ "sluice.dev/source": "file" }, [probed]));
    expect(fromFile.spec.containers[0]).toMatchObject({
      livenessProbe: { exec: wrapped, periodSeconds: 3 },
      readinessProbe: { httpGet: { port: 80 } },
      lifecycle: { preStop: { exec: wrapped }, postStart: { httpGet: { port: 80 } }, stopSignal: "SIGINT" },
    });
    expect((await mutated(pod({}, [probed]))).spec.containers[0]).toMatchObject({
      livenessProbe: probed.livenessProbe,
      lifecycle: probed.lifecycle,
    });
    const copied = { ...fromFile, metadata: { name: "copy" } };
    expect((await mutated(copied)).spec.containers[0]).toMatchObject({ livenessProbe: { exec } });
    const warned = await admission.mutate(requestOf(pod({ "sluice.dev/source": "file" }, [probed])), signal);
    expect(warned.warnings.join()).not.toContain("livenessProbe");
  });

  it.each([
    ["files", pod(ASKING)],
    ["files and variables", pod(ASKING, [web])],
    ["variables from a file", pod({ ...ASKING, "sluice.dev/source": "file" }, [web])],
    [
      "variables from a file, also for probes",
      pod({ "sluice.dev/source": "file" }, [{ ...web, livenessProbe: { exec: { command: ["/check"] } } }]),
    ],
    ["all its containers' variables", pod({ ...ASKING, "sluice.dev/env-from": "secret://prod/all" })],
  ])("comes out the same when it comes again, and is valid only then: %s", async (_, subject) => {
    const once = await mutated(subject);
    expect(await mutated(once)).toEqual(once);
    expect(await admission.validate(requestOf(once), signal)).toMatchObject({ allowed: true });
    expect(await admission.validate(requestOf(subject), signal)).toMatchObject({ allowed: false });
    const [writer, ...others] = once.spec.initContainers ?? [];
    const broken = (change: object): Pod => ({
      ...once,
      spec: { ...once.spec, initContainers: [{ ...(writer as Container), ...change }, ...others] },
    });
    for (const change of [
      { name: "other" },
      { command: ["true"] },
      { args: ["version"] },
      { env: [] },
      { volumeMounts: [] },
      { restartPolicy: "Always" },
    ])
      expect(await admission.validate(requestOf(broken(change)), signal)).toMatchObject({ allowed: false });
  });
});

describe("a pod that is Guaranteed", () => {
  it("stays so, and comes out the same when it comes again", async () => {
    const resources = { limits: { cpu: "1", memory: "1Gi" } };
    const once = await mutated(pod({ ...ASKING, "sluice.dev/source": "file" }, [{ ...web, resources }]));
    const asked = (once.spec.initContainers ?? []).map(
      ({ resources: own }) => own as { readonly requests: object; readonly limits: object },
    );
    expect(asked).toHaveLength(2);
    expect(asked.map(({ requests }) => requests)).toEqual(asked.map(({ limits }) => limits));
    expect(await mutated(once)).toEqual(once);
  });
});
