import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubeconfigText } from "../../servers/kubernetes-kubeconfig.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import type { Pod } from "@sluice/kubernetes";
import { installCrds } from "./broker-access.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { createPod, tokenOf } from "./test-pods.js";
import { applyStore, createSecret, letBrokerCreateTokens, untilKnown } from "./test-stores.js";

const API = "https://kubernetes.default.svc";
const SOON = { timeout: 30_000 };
const CONTAINERS = { web: { DB: "secret://own/db#value" } };

await describeOnKubernetes("7.6 a broker that reads as the pod", (cluster) => {
  let world: BrokerWorld;
  let broker: StartedBroker;
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    await installCrds(world.admin);
    const { address: server, caCert } = cluster;
    // Where the cluster is, with credentials that are good for nothing.
    await world.write("cluster", kubeconfigText({ server, caCert, tokens: { nobody: "CANARY-9f31" } }));
    broker = await world.start({ watch: { tokenAudiencesInNamespaces: [API] } });
  });
  afterAll(async () => {
    await broker.stop();
    await world.close();
  });

  /** A namespace with a store that acts as the pod, and a secret that only the account `web` may read. */
  async function setUp(tokenSource: "projected" | "tokenRequest") {
    const namespace = await world.newNamespace();
    const value = world.secret(`db-${namespace}`);
    await createSecret(world, namespace, "db", value);
    const options = { kubeconfig: "cluster", namespace, audience: API };
    const spec = { provider: "kubernetes", options, identity: "pod", tokenSource, tokenAudience: API };
    await applyStore(world, "own", spec, namespace);
    await untilKnown(broker, namespace, "own");
    if (tokenSource === "tokenRequest") await letBrokerCreateTokens(world, namespace);
    const tokens = async (pod: Pod) =>
      tokenSource === "projected" ? { tokens: { [API]: await tokenOf(world.admin, pod, API) } } : {};
    return { namespace, tokens, env: { DB: value } };
  }

  let pods = 0;
  async function newPod(namespace: string, serviceAccount = "web"): Promise<Pod> {
    pods += 1;
    const content = { namespace, name: `pod-${pods}`, containers: CONTAINERS, serviceAccount };
    return createPod(world.admin, content);
  }

  describe.each(["projected", "tokenRequest"] as const)("by a token that is %s", (tokenSource) => {
    it("reads what its service account may, and shares nothing of it with another account", async () => {
      const { namespace, tokens, env } = await setUp(tokenSource);
      const web = await newPod(namespace);
      const second = await newPod(namespace);
      const other = await newPod(namespace, "other");
      expect((await world.ask(broker, web, "web", await tokens(web))).env).toEqual(env);
      const before = world.providerCalls();
      // The same principal: what was read for it is in the cache. Another one: the API server is asked, and refuses.
      expect((await world.ask(broker, second, "web", await tokens(second))).env).toEqual(env);
      expect(world.providerCalls()).toBe(before);
      const problem = await world.refused(broker, other, "web", await tokens(other));
      expect(problem.status).toBe(403);
      expect(world.providerCalls()).toBe(before + 1);
      expect(world.audit().at(-1)).toMatchObject({ event: "refused", workload: { serviceAccount: "other" } });
    });

    it("reads for an account of the same name in another namespace by itself", async () => {
      const [one, other] = [await setUp(tokenSource), await setUp(tokenSource)];
      for (const { namespace, tokens, env } of [one, other]) {
        const pod = await newPod(namespace);
        expect((await world.ask(broker, pod, "web", await tokens(pod))).env).toEqual(env);
      }
    });
  });

  it("takes no projected token of another pod, none for another audience, and none that is none", async () => {
    const { namespace } = await setUp("projected");
    const web = await newPod(namespace);
    const stolen = await tokenOf(world.admin, await newPod(namespace), API);
    for (const [tokens, status, reason] of [
      [{ [API]: stolen }, 403, "pod-token-of-another"],
      [{}, 422, "pod-token-missing"],
      [{ [API]: await tokenOf(world.admin, web, "vault") }, 403, "pod-token-refused"],
      [{ [API]: "CANARY-9f31" }, 403, "pod-token-refused"],
    ] as const) {
      const problem = await world.refused(broker, web, "web", { tokens });
      expect([problem.status, problem.detail.reason]).toEqual([status, reason]);
      expect(world.audit().at(-1)).toMatchObject({ event: "refused", status, reason });
    }
  });

  it("creates no token for an audience that a namespace's own store names and its operator does not allow", async () => {
    const namespace = await world.newNamespace();
    await letBrokerCreateTokens(world, namespace);
    const spec = { provider: "kubernetes", identity: "pod", tokenSource: "tokenRequest" };
    await applyStore(world, "own", { ...spec, tokenAudience: "https://elsewhere" }, namespace);
    await expect.poll(() => broker.catalogue.find(namespace, "own").status, SOON).toBe("invalid");
    const created = async () =>
      /what="token-request".*outcome="ok"\} (\d+)/.exec(await world.metrics(broker.running))?.[1];
    const before = await created();
    const problem = await world.refused(broker, await newPod(namespace), "web");
    expect([problem.status, problem.detail.reason]).toEqual([422, "store-invalid"]);
    expect(problem.detail.failures?.[0]?.message).toContain("may not have the broker create tokens");
    expect(await created()).toBe(before);
  });

  it("says that it may create no tokens where it may not", async () => {
    const { namespace } = await setUp("projected");
    const options = { kubeconfig: "cluster", namespace, audience: API };
    const spec = {
      provider: "kubernetes",
      options,
      identity: "pod",
      tokenSource: "tokenRequest",
      tokenAudience: API,
    };
    await applyStore(world, "own", spec, namespace);
    await expect
      .poll(async () => (await world.refused(broker, await newPod(namespace), "web")).status, {
        timeout: 10_000,
      })
      .toBe(503);
    expect(world.audit().at(-1)).toMatchObject({ event: "refused", status: 503 });
  });

  it("nothing that it wrote or told holds a value or a token", async () => {
    await world.metrics(broker.running);
    expect(world.leaks()).toEqual([]);
  });
});
