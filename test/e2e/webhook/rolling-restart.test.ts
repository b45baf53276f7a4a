import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { issueRoot } from "@sluice/webhook";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { startSluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";
import { type Endpoint, type ReadyService, startReadyService } from "./ready-service.js";
import { ask, must, newNamespace, register } from "./support.js";

/** 50 a second. */
const EVERY_MS = 20;
const LEAST_PODS = 500;
const SECRET = "rolling-tls";

interface Replica extends Endpoint {
  /** Ends as a pod does that is deleted. Gives its exit code. */
  stop(): Promise<number | null>;
}

await describeOnKubernetes("two replicas of the webhook that are replaced one after another", (cluster) => {
  let workspace: Workspace;
  let service: ReadyService;
  let system: string;
  const replicas = new Set<Replica>();

  beforeAll(async () => {
    const { cert } = await issueRoot("broker", 86_400_000, Date.now());
    workspace = createWorkspace({ "roots.pem": cert });
    service = await startReadyService();
    system = await newNamespace(cluster);
    // Roots are written into it by the replica that leads.
    await register(cluster, "Mutating", "rolling", `https://localhost:${service.port}/mutate`, "");
  });
  afterAll(async () => {
    await Promise.all(Array.from(replicas, async (replica) => replica.stop()));
    await service[Symbol.asyncDispose]();
    workspace[Symbol.dispose]();
  });

  async function start(name: string): Promise<Replica> {
    const [port, management] = [await freePort(), await freePort()];
    const flags = {
      broker: "https://10.96.4.2:8443",
      "broker-roots": "roots.pem",
      "launcher-image": "launcher:1",
      "tls-secret": SECRET,
      "tls-name": "localhost",
      namespace: system,
      "mutating-configuration": "rolling",
      "validating-configuration": "rolling",
      listen: `127.0.0.1:${port}`,
      management: `127.0.0.1:${management}`,
      kubeconfig: cluster.kubeconfig,
      lame: "3",
    };
    const line = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    const child = startSluice(["webhook", ...line], { cwd: workspace.path, env: { POD_NAME: name } });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
    const ended = once(child, "exit");
    const replica: Replica = {
      port,
      readyUrl: `http://127.0.0.1:${management}/readyz`,
      stop: async () => {
        child.kill("SIGTERM");
        const [code] = (await ended) as [number | null];
        service.endpoints.delete(replica);
        replicas.delete(replica);
        return code;
      },
    };
    replicas.add(replica);
    service.endpoints.add(replica);
    await waitUntil(`replica ${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`It ended: ${said}`);
      return fetch(replica.readyUrl).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return replica;
  }

  /** `undefined` where a pod was created, and changed. */
  async function failureOf(namespace: string, name: string): Promise<string | undefined> {
    const { status, body } = await ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name },
      spec: {
        containers: [
          { name: "web", image: "web", command: ["/web"], env: [{ name: "A", value: "secret://prod/a" }] },
        ],
      },
    });
    if (status === 201 && JSON.stringify(body).includes("SLUICE_PLAN")) return undefined;
    return `${name}: ${status} ${body.message ?? "not changed"}`;
  }

  async function certificates(): Promise<string> {
    const secret = await must(ask(cluster, "GET", `/api/v1/namespaces/${system}/secrets/${SECRET}`));
    return (secret["data"] as Record<string, string>)["tls.crt"] ?? "";
  }

  it("lose no pod of 50 a second", async () => {
    const namespace = await newNamespace(cluster, { webhook: "sluice" });
    const before = [await start("a"), await start("b")];
    let firsts = 0;
    await waitUntil("pods are changed", async () => {
      firsts += 1;
      return (await failureOf(namespace, `first-${firsts}`)) === undefined;
    });
    const served = await certificates();

    const codes: (number | null)[] = [];
    const rolling = new AbortController();
    const rolled = (async () => {
      for (const [index, replica] of before.entries()) {
        // As a Deployment with maxUnavailable 0 does: the next one is ready before one ends.
        await start(`next-${index}`);
        await sleep(1_000);
        codes.push(await replica.stop());
      }
    })().finally(() => rolling.abort());
    const pending: Promise<string | undefined>[] = [];
    while (!rolling.signal.aborted || pending.length < LEAST_PODS) {
      pending.push(failureOf(namespace, `p-${pending.length}`));
      await sleep(EVERY_MS);
    }
    await rolled;
    const failures = (await Promise.all(pending)).filter((failure) => failure !== undefined);
    expect(failures).toEqual([]);
    expect(codes).toEqual([0, 0]);
    // The next ones serve what was there: nobody has to learn a new root.
    expect(await certificates()).toBe(served);
    const { items } = (await must(
      ask(cluster, "GET", `/api/v1/namespaces/${namespace}/pods`),
    )) as unknown as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
    };
    expect(items.filter(({ metadata }) => metadata.name.startsWith("p-"))).toHaveLength(pending.length);
  }, 180_000);
});
