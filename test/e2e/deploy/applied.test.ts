import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { ask, must, type Said } from "../webhook/support.js";
import { templateOf } from "./deployed-process.js";
import { applyManifest, find, type Manifest, readManifests } from "./manifests.js";

const SYSTEM = "sluice-system";

const [base, crds] = await Promise.all([readManifests("base"), readManifests("crds")]);

await describeOnKubernetes("the deployment, applied as it is", (cluster) => {
  const applied = new Map<Manifest, Said>();

  beforeAll(async () => {
    for (const manifest of [...crds, ...base]) applied.set(manifest, await applyManifest(cluster, manifest));
  });

  it.each([...crds, ...base].map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    "%s %s is taken whole, without a warning",
    (_kind, _name, manifest) => {
      const { status, warnings, body } = applied.get(manifest) as Said;
      expect([status, body.message, warnings]).toEqual([201, undefined, []]);
    },
  );

  it("is the same when it is applied again", async () => {
    for (const manifest of base) {
      const { status, body } = await applyManifest(cluster, manifest);
      const before = applied.get(manifest)?.body["metadata"] as { readonly generation?: number };
      expect([status, (body["metadata"] as { readonly generation?: number }).generation]).toEqual([
        200,
        before.generation,
      ]);
    }
  });

  it.each(["sluice-webhook", "sluice-broker"])("pods of %s satisfy Pod Security restricted", async (name) => {
    const { spec } = templateOf(base, name);
    const pods = `/api/v1/namespaces/${SYSTEM}/pods?dryRun=All`;
    const { status, body, warnings } = await ask(cluster, "POST", pods, { metadata: { name }, spec });
    expect([status, body.message, warnings]).toEqual([201, undefined, []]);
  });

  it("gives the broker the rights that are documented", async () => {
    const documented = parseAllDocuments(
      await readFile(new URL("../../../docs/broker-rbac.yaml", import.meta.url), "utf8"),
    ).map((document) => document.toJS() as Manifest);
    for (const { kind, metadata, rules, roleRef, subjects } of documented)
      expect(find(base, kind, metadata.name)).toMatchObject({
        ...(rules !== undefined && { rules }),
        ...(roleRef !== undefined && { roleRef, subjects }),
      });
  });

  it("gives the webhook no right that is not documented", async () => {
    const page = await readFile(new URL("../../../docs/webhook.md", import.meta.url), "utf8");
    const documented = Array.from(page.matchAll(/^\|([^|]*)\|([^|]*)\|$/gm), ([, what = "", verbs = ""]) => ({
      resources: Array.from(what.matchAll(/`([a-z]+)`/g), ([, resource]) => resource),
      verbs,
    }));
    const rules = ["ClusterRole", "Role"].flatMap(
      (kind) => find(base, kind, "sluice-webhook")["rules"] as readonly Rule[],
    );
    for (const { apiGroups, resources, verbs } of rules)
      for (const resource of resources.filter(() => apiGroups[0] !== "admissionregistration.k8s.io"))
        for (const verb of verbs)
          expect(
            documented.some((row) => row.resources.includes(resource) && row.verbs.includes(`\`${verb}\``)),
            `${verb} ${resource}`,
          ).toBe(true);
  });

  it.each([
    ["sluice-broker", "get", "", "secrets", SYSTEM, undefined],
    ["sluice-broker", "list", "", "secrets", "shop", undefined],
    ["sluice-broker", "create", "", "pods", "shop", undefined],
    ["sluice-webhook", "get", "", "secrets", "shop", "any"],
    ["sluice-webhook", "get", "", "secrets", SYSTEM, "any"],
    ["sluice-webhook", "list", "", "secrets", SYSTEM, undefined],
    ["sluice-webhook", "list", "", "configmaps", "shop", undefined],
    ["sluice-webhook", "create", "", "pods", "shop", undefined],
    [
      "sluice-webhook",
      "patch",
      "admissionregistration.k8s.io",
      "mutatingwebhookconfigurations",
      undefined,
      "other",
    ],
    ["sluice-webhook", "create", "authentication.k8s.io", "tokenreviews", undefined, undefined],
  ])("gives %s no right to %s %s %s in %s", async (account, verb, group, resource, namespace, name) => {
    const user = `system:serviceaccount:${SYSTEM}:${account}`;
    const resourceAttributes = { verb, group, resource, namespace, name };
    const { status } = (await must(
      ask(cluster, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        spec: { user, groups: ["system:serviceaccounts", "system:authenticated"], resourceAttributes },
      }),
    )) as unknown as { readonly status: { readonly allowed: boolean } };
    expect(status.allowed).toBe(false);
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
