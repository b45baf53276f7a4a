import type { Container } from "@sluice/core/pod";
import { beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace, type Said } from "../webhook/support.js";
import { applyManifest, find, readManifests } from "./manifests.js";

const WEB: Container = { name: "web", image: "web", command: ["/web"] };
const NATIVE = { name: "DB", value: "secret://prod/db" };
const AKV2K8S = { name: "DB", value: "db@azurekeyvault?password" };
const ATARRAYA = { name: "ATARRAYA_SECRET_db", value: "" };
const ATARRAYA_POD = { annotations: { "atarraya/keyvault": "acme" } };
const WRAPPED: Container = {
  ...WEB,
  command: ["/sluice/sluice-launch", "exec", "--", "/web"],
  env: [
    NATIVE,
    AKV2K8S,
    ATARRAYA,
    { name: "SLUICE_PLAN", value: "{}" },
    { name: "SLUICE_SOURCE", value: "https://10.0.0.7:8443" },
  ],
};
const INJECTED = { "sluice.dev/injection": "enabled" };
const AKV = { "azure-key-vault-env-injection": "enabled" };

const withEnv = (...env: NonNullable<Container["env"]>): Container => ({ ...WEB, env });

interface Content {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly volumes?: readonly object[];
}

await describeOnKubernetes("the policy, with no webhook to ask", (cluster) => {
  let plain: string;
  let injected: string;
  let akv: string;
  let count = 0;

  async function create(
    namespace: string,
    { annotations = {}, containers = [WEB], initContainers = [], volumes = [] }: Content = {},
  ): Promise<Said> {
    count += 1;
    const metadata = { name: `p-${count}`, annotations };
    const spec = { automountServiceAccountToken: false, containers, initContainers, volumes };
    return ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, { metadata, spec });
  }

  beforeAll(async () => {
    const base = await readManifests("base");
    for (const kind of ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"])
      await must(applyManifest(cluster, find(base, kind, "sluice-references")));
    plain = await newNamespace(cluster);
    injected = await newNamespace(cluster, INJECTED);
    akv = await newNamespace(cluster, AKV);
    await waitUntil("the policy is in force", async () => {
      const { status } = await create(plain, { containers: [withEnv(NATIVE)] });
      return status === 422;
    });
  });

  describe("admits", () => {
    it.each<readonly [string, Content]>([
      ["a pod without variables", {}],
      [
        "variables without a value, and of other objects",
        {
          containers: [
            withEnv(
              { name: "EMPTY" },
              { name: "A", value: "" },
              { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
              { name: "B", valueFrom: { secretKeyRef: { name: "b", key: "b", optional: true } } },
            ),
          ],
        },
      ],
      [
        "texts that only look like it",
        {
          containers: [
            withEnv(
              { name: "A", value: "see secret://prod/db" },
              { name: "B", value: "$(DB) ${DB} {secret://prod/db}" },
              { name: "C", value: "a@azurekeyvault" },
              { name: "ATARRAYA_SECRET_A", value: "a" },
            ),
          ],
        },
      ],
      [
        "what is wrapped",
        { ...ATARRAYA_POD, containers: [WRAPPED], initContainers: [{ ...WRAPPED, name: "init" }] },
      ],
      [
        "a pod that is turned off",
        { annotations: { "sluice.dev/inject": "false" }, containers: [withEnv(NATIVE)] },
      ],
      [
        "a container that is left out",
        {
          annotations: { "sluice.dev/exclude-containers": "other, web" },
          containers: [withEnv(NATIVE)],
        },
      ],
      [
        "a container that is not among those chosen",
        {
          annotations: { "sluice.dev/containers": "other" },
          containers: [withEnv(NATIVE), { ...WEB, name: "other" }],
        },
      ],
      [
        "atarraya's variables where the webhook is not asked",
        { ...ATARRAYA_POD, containers: [withEnv(ATARRAYA)] },
      ],
    ])("%s", async (_, content) => {
      expect((await create(plain, content)).body).toMatchObject({ kind: "Pod" });
    });

    it("references in namespaces that are turned off, and where the cluster's own parts are", async () => {
      const off = await newNamespace(cluster, { "sluice.dev/injection": "disabled" });
      await must(
        ask(cluster, "POST", "/api/v1/namespaces/kube-system/serviceaccounts", {
          metadata: { name: "default" },
        }),
      );
      for (const namespace of [off, "kube-system"])
        expect((await create(namespace, { containers: [withEnv(NATIVE)] })).status).toBe(201);
    });

    it("atarraya's variables in init containers, as atarraya does not read them", async () => {
      const content = { ...ATARRAYA_POD, initContainers: [{ ...withEnv(ATARRAYA), name: "init" }] };
      expect((await create(injected, content)).status).toBe(201);
    });

    it("values that only look like bank-vaults' references", async () => {
      const values = ["see vault:a#b", "vaults:a", "$vault:a", "${vaults:a}", "{vault:a#b}", ">vault:a#b"];
      const content = {
        containers: [withEnv(...values.map((value, index) => ({ name: `V${index}`, value })))],
      };
      expect((await create(injected, content)).status).toBe(201);
    });

    it("values in akv2k8s' namespaces that are none of its references", async () => {
      const values = [
        "a@azurekeyvaults",
        "A@azurekeyvault",
        "x a@azurekeyvault",
        "a@azurekeyvault.example.com",
      ];
      const content = {
        containers: [withEnv(...values.map((value, index) => ({ name: `V${index}`, value })))],
      };
      expect((await create(akv, content)).status).toBe(201);
    });
  });

  describe("refuses", () => {
    const embedded = { name: "URL", value: "postgres://u:${secret://prod/db}@h" };
    const second = { ...withEnv({ name: "A", value: "a" }, embedded), name: "second" };

    it.each<readonly [string, Content, string]>([
      ["a whole reference", { containers: [withEnv(NATIVE)] }, "of web holds secret://"],
      [
        "one inside a text, in the second container",
        { containers: [WEB, second] },
        "of second holds secret://",
      ],
      [
        "one in an init container",
        { initContainers: [{ ...withEnv(NATIVE), name: "init" }] },
        "of init holds",
      ],
      ["one in a sidecar", { initContainers: [{ ...second, restartPolicy: "Always" }] }, "of second holds"],
      ["several", { containers: [withEnv(NATIVE), second] }, "of web, second holds"],
      ["a launcher without a plan", { containers: [{ ...WRAPPED, env: [NATIVE] }] }, "of web holds"],
      ["a plan without a launcher", { containers: [{ ...WRAPPED, command: ["/web"] }] }, "of web holds"],
      [
        "a plan from elsewhere",
        {
          containers: [
            {
              ...WRAPPED,
              env: [
                NATIVE,
                { name: "SLUICE_PLAN", valueFrom: { configMapKeyRef: { name: "a", key: "a" } } },
                ...(WRAPPED.env ?? []).slice(4),
              ],
            },
          ],
        },
        "of web holds",
      ],
      [
        "an annotation that claims it",
        {
          annotations: { "sluice.dev/status": "injected" },
          containers: [withEnv(NATIVE)],
        },
        "of web holds",
      ],
    ])("%s", async (_, content, part) => {
      const { status, body } = await create(plain, content);
      expect(status).toBe(422);
      expect(body.message).toContain(part);
      expect(body.message).toContain("Label the namespace sluice.dev/injection=enabled");
      const there = await create(injected, content);
      expect(there.status).toBe(422);
      expect(there.body.message).toContain("see that MutatingWebhookConfiguration sluice-webhook is there");
    });

    describe("files that nothing would write, where the webhook should have been asked", () => {
      const annotations = { "sluice.dev/file.db": "secret://prod/db" };
      const mount = { name: "sluice-files-web-0", mountPath: "/secrets" };
      const writer: Container = {
        name: "sluice-write-web",
        image: "sluice",
        args: ["write", "--allow", "/secrets"],
        env: [{ name: "SLUICE_FILES", value: "{}" }],
        volumeMounts: [mount],
      };
      const volumes = [{ name: mount.name, emptyDir: { medium: "Memory" } }];
      const reader = { ...WEB, volumeMounts: [{ ...mount, readOnly: true }] };
      const migrate = { ...WEB, name: "migrate" };
      const forInit = { ...annotations, "sluice.dev/file-containers.db": "x, migrate" };

      it.each<readonly [string, Content, string]>([
        ["a pod that was not changed", { annotations }, "web would start without the files"],
        ["a mount that nothing writes to", { annotations, containers: [reader], volumes }, "web would start"],
        [
          "a writer of something else",
          { annotations, containers: [reader], initContainers: [{ ...writer, args: ["version"] }], volumes },
          "web would start",
        ],
        [
          "a writer without a plan",
          { annotations, containers: [reader], initContainers: [{ ...writer, env: [] }], volumes },
          "web would start",
        ],
        [
          "one of two containers",
          { annotations, containers: [reader, { ...WEB, name: "log" }], initContainers: [writer], volumes },
          "sluice: log would start",
        ],
        [
          "an init container that is named",
          { annotations: forInit, initContainers: [migrate] },
          "sluice: migrate would start",
        ],
      ])("%s", async (_, content, part) => {
        const { status, body } = await create(injected, content);
        expect([status, body.message]).toEqual([422, expect.stringContaining(part)]);
        expect(body.message).toContain("see that MutatingWebhookConfiguration sluice-webhook is there");
        expect((await create(plain, content)).status).toBe(201);
      });

      it.each<readonly [string, Content]>([
        ["what is written", { annotations, containers: [reader], initContainers: [writer], volumes }],
        ["a pod that is turned off", { annotations: { ...annotations, "sluice.dev/inject": "false" } }],
        [
          "a container that is left out",
          { annotations: { ...annotations, "sluice.dev/exclude-containers": "web" } },
        ],
        ["details of no file", { annotations: { "sluice.dev/file-mode.db": "0400" } }],
        ["one that is not named", { annotations: forInit }],
      ])("but not %s", async (_, content) => {
        expect((await create(injected, content)).body).toMatchObject({ kind: "Pod" });
      });
    });

    it("akv2k8s' references in its namespaces", async () => {
      for (const value of ["db@azurekeyvault", "a.b-1@azurekeyvault?tls.key", "a@azurekeyvault?x\ny"]) {
        const { status, body } = await create(akv, { containers: [withEnv({ name: "A", value })] });
        expect(status).toBe(422);
        expect(body.message).toContain("of web holds @azurekeyvault references");
      }
    });

    it.each([
      "vault:secret/data/db#password",
      "bao:secret/data/db#password",
      ">>vault:pki/issue/web#certificate#{}",
      "pg://${vault:secret/data/db#user}@db",
      "a\n${>>bao:x/y#z}",
    ])("bank-vaults' reference %j where the webhook should have been asked", async (value) => {
      const content = { containers: [withEnv({ name: "A", value })] };
      const { status, body } = await create(injected, content);
      expect(status).toBe(422);
      expect(body.message).toContain(
        "of web holds vault: references that nothing would fill. The webhook was not",
      );
      expect((await create(plain, content)).status).toBe(201);
      for (const prefix of ["secrets-webhook.security.bank-vaults.io", "vault.security.banzaicloud.io"]) {
        const annotations = { [`${prefix}/mutate`]: "skip" };
        expect((await create(injected, { ...content, annotations })).status).toBe(201);
      }
    });

    it("atarraya's variables, whatever their value, where the webhook should have been asked", async () => {
      const { status, body } = await create(injected, { ...ATARRAYA_POD, containers: [withEnv(ATARRAYA)] });
      expect(status).toBe(422);
      expect(body.message).toContain("of web holds ATARRAYA_SECRET_ variables");
    });

    it("an ephemeral container with a reference, wrapped or not, and no other", async () => {
      await must(
        ask(cluster, "POST", `/api/v1/namespaces/${plain}/pods`, {
          metadata: { name: "debugged" },
          spec: { automountServiceAccountToken: false, containers: [WRAPPED] },
        }),
      );
      const path = `/api/v1/namespaces/${plain}/pods/debugged/ephemeralcontainers`;
      const add = async (container: Container) =>
        ask(
          cluster,
          "PATCH",
          path,
          { spec: { ephemeralContainers: [container] } },
          "application/strategic-merge-patch+json",
        );
      for (const container of [withEnv(NATIVE), WRAPPED]) {
        const { status, body } = await add({ ...container, name: "debug" });
        expect(status).toBe(422);
        expect(body.message).toContain("debug a copy of it");
      }
      expect((await add({ ...withEnv({ name: "A", value: "a" }), name: "fine" })).status).toBe(200);
    });
  });

  it("decides on pods as large as the API server takes", async () => {
    const variables = Array.from({ length: 1_000 }, (_, index) => ({
      name: `V${index}`,
      value: "x".repeat(900),
    }));
    const long = { ...withEnv({ name: "A", value: "x".repeat(900_000) }), name: "long" };
    const many = (env: NonNullable<Container["env"]>): Container[] =>
      Array.from({ length: 50 }, (_, index) => ({ ...WEB, name: `c-${index}`, env: env.slice(0, 100) }));
    const small = Array.from({ length: 100 }, (_, index) => ({ name: `V${index}`, value: "x" }));
    const all: Content[] = [
      { containers: [withEnv(...variables)] },
      { containers: [long] },
      { containers: many(small) },
    ];
    for (const namespace of [plain, akv, injected])
      for (const content of all) {
        const { status, body } = await create(namespace, { ...content, ...ATARRAYA_POD });
        expect([status, body.message]).toEqual([201, undefined]);
      }
    const { status } = await create(akv, { containers: [withEnv(...variables, AKV2K8S)] });
    expect(status).toBe(422);
    const files = Array.from({ length: 100 }, (_, index) => [`sluice.dev/file.f${index}`, "x"] as const);
    const named = files.map(([name]) => [name.replace("file.", "file-containers."), "a,b,c,c-49"] as const);
    const annotations = Object.fromEntries([...files, ...named]);
    const unwritten = await create(injected, { containers: many(small), annotations });
    expect(unwritten.body.message).toContain("sluice: c-49 would start without the files");
  });
});
