import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesClient } from "@sluice/kubernetes";
import { ownCertificate, type OwnCertificateOptions } from "@sluice/webhook";
import { afterAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, keptLog, must, newNamespace, register, startWebhook } from "./support.js";

const CONFIGURATION = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/rotated";
const PODS = 500;
const EVERY_MS = 20;

const leases = (namespace: string, name = "/sluice-webhook-tls"): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases${name}`;

await describeOnKubernetes("certificates that the webhook makes itself", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  const { log, logged } = keptLog();

  afterAll(() => client[Symbol.dispose]());

  const optionsOf = (namespace: string, more: Partial<OwnCertificateOptions>): OwnCertificateOptions => ({
    namespace,
    secret: "sluice-webhook-tls",
    identity: "replica",
    names: ["sluice-webhook.sluice-system.svc"],
    addresses: ["127.0.0.1"],
    configurations: [{ kind: "MutatingWebhookConfiguration", name: "rotated" }],
    checkMs: 300,
    propagationMs: 2_500,
    ...more,
  });

  async function bundle(): Promise<string> {
    const { webhooks } = (await must(ask(cluster, "GET", CONFIGURATION))) as unknown as {
      readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
    };
    return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? "", "base64").toString();
  }

  it("go over to a new root while pods are created, and none is lost", async () => {
    const system = await newNamespace(cluster);
    const namespace = await newNamespace(cluster, { webhook: "sluice" });
    // A root that has a day to go: too little for the next replica, which will make another as soon as it leads.
    const first = await ownCertificate(
      client,
      optionsOf(system, { rootMs: 86_400_000, configurations: [] }),
      log,
    );
    await first[Symbol.asyncDispose]();
    await must(ask(cluster, "DELETE", leases(system)));
    const spec = {
      holderIdentity: "the test",
      leaseDurationSeconds: 3_600,
      renewTime: "2099-01-01T00:00:00.000000Z",
    };
    await must(ask(cluster, "POST", leases(system, ""), { metadata: { name: "sluice-webhook-tls" }, spec }));
    const second = await ownCertificate(
      client,
      optionsOf(system, { identity: "second", leafMs: 8_000 }),
      log,
    );
    const webhook = await startWebhook(client, { certificate: second });
    const secret = await must(ask(cluster, "GET", `/api/v1/namespaces/${system}/secrets/sluice-webhook-tls`));
    const { "ca.crt": oldRoot = "" } = secret["data"] as Record<string, string>;
    await register(cluster, "Mutating", "rotated", `https://${webhook.address}/mutate`, oldRoot);
    const create = async (name: string) =>
      ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name },
        spec: {
          containers: [
            { name: "web", image: "web", command: ["/web"], env: [{ name: "A", value: "secret://prod/a" }] },
          ],
        },
      });
    await waitUntil("the webhook is trusted", async () => {
      const { body } = await create(`first-${Math.random().toString(36).slice(2)}`);
      return JSON.stringify(body).includes("SLUICE_PLAN");
    });

    const bundles: string[] = [];
    const failures: string[] = [];
    const pending: Promise<void>[] = [];
    const attempt = async (name: string): Promise<void> => {
      const { status, body } = await create(name);
      if (status !== 201 || !JSON.stringify(body).includes("SLUICE_PLAN"))
        failures.push(`${status} ${body.message ?? "not changed"}`);
    };
    for (let index = 0; index < PODS; index += 1) {
      pending.push(attempt(`p-${index}`));
      if (index === 25) await must(ask(cluster, "DELETE", leases(system)));
      if (index % 10 === 0) bundles.push(await bundle());
      await sleep(EVERY_MS);
    }
    await Promise.all(pending);
    expect(failures).toEqual([]);
    await waitUntil("the old root is gone", async () => {
      bundles.push(await bundle());
      return (bundles.at(-1)?.split("BEGIN CERTIFICATE").length ?? 0) === 2 && bundles.at(-1) !== bundles[0];
    });
    // The old root alone, both, the new one alone.
    const seen = bundles.filter((text, index) => text !== bundles[index - 1]);
    const [old = "", both, alone = ""] = seen;
    expect(seen).toHaveLength(3);
    expect(both).toBe(alone + old);
    const served = new X509Certificate(second.current.cert);
    expect(served.verify(new X509Certificate(alone).publicKey)).toBe(true);
    expect(logged.join()).not.toContain("PRIVATE KEY");
    await webhook.stop();
  }, 120_000);

  it("are the same in all replicas, whoever was first", async () => {
    const namespace = await newNamespace(cluster);
    const replicas = await Promise.all(
      ["one", "two", "three"].map(async (identity) =>
        ownCertificate(client, optionsOf(namespace, { identity, configurations: [] }), log),
      ),
    );
    expect(new Set(replicas.map(({ current }) => current.cert)).size).toBe(1);
    await Promise.all(replicas.map(async (replica) => replica[Symbol.asyncDispose]()));
  });

  it("are missed with a word about rights when there are none", async () => {
    const namespace = await newNamespace(cluster);
    using limited = new KubernetesClient({
      kubeconfig: cluster.kubeconfig,
      context: "limited",
      environment: {},
    });
    await expect(
      ownCertificate(limited, optionsOf(namespace, { firstMs: 1_500 }), log),
    ).rejects.toMatchObject({
      code: "SLU1103",
      remedy: expect.stringContaining("Let the webhook's role get"),
    });
    expect(logged.join()).toContain('"errorName":"Forbidden"');
  });
});
