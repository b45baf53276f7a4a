import type { Container } from "@sluice/core/pod";
import { beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace, type Said } from "../webhook/support.js";
import { applyManifest, find, readManifests } from "./manifests.js";

const WEB: Container = { name: "web", image: "web" };
const WITH_ENV: Container = { ...WEB, env: [{ name: "A", value: "a" }] };

/** Nobody answers, so that a pod for which the webhook is asked cannot be created. */
await describeOnKubernetes("the webhook's configuration, with no webhook to answer", (cluster) => {
  let injected: string;
  let plain: string;
  let count = 0;

  async function create(
    namespace: string,
    annotations: Readonly<Record<string, string>>,
    container = WEB,
  ): Promise<Said> {
    count += 1;
    const metadata = { name: `p-${count}`, annotations };
    const spec = { automountServiceAccountToken: false, containers: [container] };
    return ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, { metadata, spec });
  }

  beforeAll(async () => {
    const base = await readManifests("base");
    for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
      await must(applyManifest(cluster, find(base, kind, "sluice-webhook")));
    injected = await newNamespace(cluster, { "sluice.dev/injection": "enabled" });
    plain = await newNamespace(cluster);
    await waitUntil("it is asked", async () => (await create(injected, {}, WITH_ENV)).status >= 400);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, Container]>([
    ["variables", {}, WITH_ENV],
    ["our own annotations, for files", { "sluice.dev/file.db": "secret://prod/db" }, WEB],
    ["our own annotations, for variables", { "sluice.dev/env-from": "secret://prod/db" }, WEB],
    ["annotations of vault-k8s", { "vault.hashicorp.com/agent-inject": "true" }, WEB],
    ["annotations of Vault Sidecar Injector", { "sidecar.vault.talend.org/inject": "true" }, WEB],
    ["annotations of kees", { "secret.bsycorp.com/db": "kind=REFERENCE" }, WEB],
  ])("is asked for a pod with %s", async (_, annotations, container) => {
    const { status, body } = await create(injected, annotations, container);
    expect([status, body.message]).toEqual([500, expect.stringContaining("failed calling webhook")]);
    expect((await create(plain, annotations, container)).status).toBe(201);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, Container]>([
    ["neither variables nor annotations of a notation", { "example.com/a": "b" }, WEB],
    ["its injection turned off", { "sluice.dev/inject": "false" }, WITH_ENV],
  ])("is not asked for a pod with %s", async (_, annotations, container) => {
    expect((await create(injected, annotations, container)).status).toBe(201);
  });
});
