import type { ProblemError } from "@sluice/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { calm } from "./broker-access.js";
import { type AuditLine, BrokerWorld, type StartedBroker } from "./broker-world.js";
import { containerToken, createPod, planFor, requestOf, running, setStatus, tokenOf } from "./test-pods.js";
import { planDigest } from "@sluice/core/plan";

const access = [{ namespaces: ["n-*"], serviceAccounts: ["web"], paths: ["app/**"] }];
const SECRET = "VALUE-51c9d0";

await describeOnKubernetes("a broker refuses, and writes down, what is not its to give", (cluster) => {
  let world: BrokerWorld;
  let broker: StartedBroker;
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    world.toxic.add(SECRET);
    await world.write("secrets.json", JSON.stringify({ app: { a: SECRET }, admin: { root: SECRET } }));
    const store = { provider: "file", options: { path: "secrets.json" } };
    broker = await world.start({
      onReplay: "refuse",
      stores: {
        prod: { ...store, access },
        closed: store,
        paused: { ...store, access, suspend: true },
      },
    });
  });
  afterAll(async () => {
    await broker.stop();
    await world.close();
  });

  const A = { A: "secret://prod/app/a" };
  let pods = 0;
  async function newPod(content: Partial<Parameters<typeof createPod>[1]> = {}) {
    pods += 1;
    const namespace = content.namespace ?? (await world.newNamespace());
    return createPod(world.admin, { containers: { web: A }, ...content, namespace, name: `web-${pods}` });
  }

  /** What the last line of the audit says, besides what every line has. */
  function lastLine(): AuditLine {
    const line = world.audit().at(-1);
    if (line === undefined) throw new Error("Nothing was written");
    return line;
  }

  /** Why it was refused, as the launcher hears it and as it is written down. */
  async function refusal(...asked: Parameters<BrokerWorld["refused"]>) {
    const { status, detail } = await world.refused(...asked);
    return { status, detail, line: lastLine() };
  }

  const because = (status: number, reason: string, line: object = {}) => ({
    status,
    detail: { reason, remedy: expect.stringMatching(/\w/) },
    line: {
      event: "refused",
      status,
      reason,
      requestId: expect.any(String),
      durationMs: expect.any(Number),
      ...line,
    },
  });

  const who = (pod: { namespace: string; name: string; uid: string }, container = "web") => ({
    workload: {
      namespace: pod.namespace,
      serviceAccount: "web",
      serviceAccountUid: expect.any(String),
      pod: pod.name,
      podUid: pod.uid,
      container,
    },
  });

  it("gives what it may, so that the refusals below are not for another reason", async () => {
    const pod = await newPod();
    expect((await world.ask(broker, pod, "web")).env).toEqual({ A: SECRET });
    expect(lastLine()).toMatchObject({
      event: "released",
      ...who(pod),
      references: [{ reference: "secret://prod/app/a", store: "ClusterSecretStore prod" }],
    });
  });

  describe("7.1 the token", () => {
    it("of a sibling container", async () => {
      const pod = await newPod({ containers: { web: A, sidecar: {} } });
      const token = await containerToken(world.admin, pod, "sidecar");
      const refused = await refusal(broker, pod, "web", { token });
      expect(refused).toMatchObject(because(401, "token-refused", { container: "web" }));
      expect(lastLine()).not.toHaveProperty("workload");
    });

    it("of another audience", async () => {
      const pod = await newPod();
      const token = await tokenOf(world.admin, pod, "vault");
      expect(await refusal(broker, pod, "web", { token })).toMatchObject(because(401, "token-refused"));
    });

    it("for the API server itself", async () => {
      const pod = await newPod();
      const token = await tokenOf(world.admin, pod, "https://kubernetes.default.svc");
      expect(await refusal(broker, pod, "web", { token })).toMatchObject(because(401, "token-refused"));
    });

    it("that is none", async () => {
      const pod = await newPod();
      const refused = await refusal(broker, pod, "web", { token: "CANARY-9f31" });
      expect(refused).toMatchObject(because(401, "malformed-token"));
    });

    it("that is bound to no pod", async () => {
      const pod = await newPod();
      const { body } = await world.admin.call(
        {
          method: "POST",
          path: `/api/v1/namespaces/${pod.namespace}/serviceaccounts/web/token`,
          body: { spec: { audiences: ["sluice/web"], expirationSeconds: 600 } },
        },
        calm(),
      );
      const { token } = (body as { status: { token: string } }).status;
      expect(await refusal(broker, pod, "web", { token })).toMatchObject(because(401, "token-not-bound"));
    });

    it("of a pod that was deleted", async () => {
      const pod = await newPod();
      const token = await containerToken(world.admin, pod, "web");
      await remove(pod);
      const refused = await refusal(broker, pod, "web", { token });
      expect(refused).toMatchObject(because(401, "token-refused", { container: "web" }));
    });

    it("that was accepted a moment ago, of a pod that is gone since", async () => {
      const pod = await newPod();
      const token = await containerToken(world.admin, pod, "web");
      await world.ask(broker, pod, "web", { token });
      await remove(pod);
      // The API server may go on to accept the token for some seconds: then the pod itself is what counts.
      const refused = await refusal(broker, pod, "web", { token });
      expect([
        [401, "token-refused"],
        [403, "pod-gone"],
      ]).toContainEqual([refused.status, refused.detail.reason]);
      expect(refused).toMatchObject(because(refused.status, refused.detail.reason));
    });
  });

  async function remove({ namespace, name, uid }: { namespace: string; name: string; uid: string }) {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const body = { gracePeriodSeconds: 0, preconditions: { uid } };
    await world.admin.call({ method: "DELETE", path, body }, calm());
  }

  describe("7.2 and 7.3 the pod", () => {
    it("of another name, whose token it is", async () => {
      const pod = await newPod();
      const other = await newPod({
        namespace: pod.namespace,
        containers: { web: { B: "secret://prod/app/b" } },
      });
      const token = await containerToken(world.admin, other, "web");
      // It is the other pod that counts, and that has another plan.
      const refused = await refusal(broker, pod, "web", { token });
      expect(refused).toMatchObject(because(403, "plan-changed", who(other)));
    });

    it("that is past its grace period", async () => {
      const pod = await newPod();
      const token = await containerToken(world.admin, pod, "web");
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
      await world.admin.call({ method: "DELETE", path, body: { gracePeriodSeconds: 1 } }, calm());
      await expect
        .poll(async () => world.ask(broker, pod, "web", { token }).then(() => "given", reasonOf), {
          timeout: 20_000,
          interval: 250,
        })
        .toBe("pod-ending");
      expect(lastLine()).toMatchObject({ event: "refused", status: 403, reason: "pod-ending", ...who(pod) });
    });

    it("that has finished", async () => {
      const pod = await newPod();
      await setStatus(world.admin, pod, { phase: "Succeeded" });
      expect(await refusal(broker, pod, "web")).toMatchObject(because(403, "pod-finished", who(pod)));
    });

    it("whose plan is not the one the launcher has", async () => {
      const pod = await newPod();
      const changed = planFor("web", { A: "secret://prod/admin/root" });
      const refused = await refusal(broker, pod, "web", { planDigest: planDigest(changed) });
      expect(refused).toMatchObject(because(403, "plan-changed", who(pod)));
    });

    it("that has no such container", async () => {
      const pod = await newPod();
      expect(await refusal(broker, pod, "ghost")).toMatchObject(
        because(403, "container-unknown", who(pod, "ghost")),
      );
    });

    it("whose container has the plan of another, as a copied manifest would", async () => {
      const pod = await newPod({ plan: { container: "other" } });
      const refused = await refusal(broker, pod, "web");
      expect(refused).toMatchObject(because(403, "plan-of-another-container", who(pod)));
    });

    it("whose container has no plan", async () => {
      const pod = await newPod({ containers: { web: undefined } });
      expect(await refusal(broker, pod, "web")).toMatchObject(because(403, "no-plan", who(pod)));
    });
  });

  describe("7.5 the plan", () => {
    it("with a path that the store's access list does not name", async () => {
      const pod = await newPod({ containers: { web: { ...A, ROOT: "secret://prod/admin/root" } } });
      const refused = await refusal(broker, pod, "web");
      const references = ["secret://prod/app/a", "secret://prod/admin/root"];
      expect(refused).toMatchObject(because(403, "not-authorized", { ...who(pod), references }));
      expect(refused.detail.failures).toEqual([
        expect.objectContaining({ variable: "ROOT", reference: "secret://prod/admin/root" }),
      ]);
    });

    it("of a service account that it does not name", async () => {
      const pod = await newPod({ serviceAccount: "other" });
      expect(await refusal(broker, pod, "web")).toMatchObject(because(403, "not-authorized"));
      expect(lastLine()).toMatchObject({ workload: { serviceAccount: "other" } });
    });

    it("with a store that nobody may read, one that is suspended, and one that is not there", async () => {
      for (const [store, status, reason] of [
        ["closed", 403, "not-authorized"],
        ["paused", 503, "store-suspended"],
        ["absent", 422, "unknown-store"],
      ] as const) {
        const pod = await newPod({ containers: { web: { A: `secret://${store}/app/a` } } });
        expect(await refusal(broker, pod, "web")).toMatchObject(because(status, reason, who(pod)));
      }
    });

    it("asks no store for any of it", async () => {
      const pod = await newPod({
        containers: { web: { A: "secret://prod/app/zzz", B: "secret://closed/x" } },
      });
      const before = world.providerCalls();
      expect(await refusal(broker, pod, "web")).toMatchObject(because(403, "not-authorized"));
      expect(world.providerCalls()).toBe(before);
    });
  });

  describe("7.4 with onReplay: refuse", () => {
    it("the same start with another nonce, and lets the same nonce try again", async () => {
      const pod = await newPod();
      const { nonce } = requestOf(pod, "web");
      await world.ask(broker, pod, "web", { nonce });
      await setStatus(world.admin, pod, { phase: "Running", containerStatuses: [running("web")] });
      expect((await world.ask(broker, pod, "web", { nonce })).env).toEqual({ A: SECRET });
      const refused = await refusal(broker, pod, "web");
      expect(refused).toMatchObject(because(409, "replay", { ...who(pod), replay: "another-nonce" }));
    });

    it("a start that is long over, but not the next one", async () => {
      const pod = await newPod();
      const late = running("web", { secondsAgo: 120 });
      await setStatus(world.admin, pod, { phase: "Running", containerStatuses: [late] });
      expect(await refusal(broker, pod, "web")).toMatchObject(because(409, "replay", { replay: "late" }));
      const again = running("web", { restarts: 1 });
      await setStatus(world.admin, pod, { phase: "Running", containerStatuses: [again] });
      expect((await world.ask(broker, pod, "web")).env).toEqual({ A: SECRET });
    });
  });

  it("nothing that it wrote or told holds a value or a token", async () => {
    await world.metrics(broker.running);
    expect(world.toxic.size).toBeGreaterThan(20);
    expect(world.told.length).toBeGreaterThan(100);
    expect(world.leaks()).toEqual([]);
  });
});

function reasonOf(thrown: unknown): string {
  return (thrown as ProblemError).detail.reason;
}
