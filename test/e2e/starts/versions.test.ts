import { parseSourceAddress, askSource, ProblemError } from "@sluice/protocol";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { BrokerWorld, SERVER_NAME } from "../broker/broker-world.js";
import { requestOf } from "../broker/test-pods.js";
import { type BrokerProcess, startBrokerProcess } from "./broker-process.js";
import { failureOf, startLauncher } from "./start-launcher.js";
import { createWaitingPods, fileStore, SECRETS, type WaitingPod } from "./waiting-pods.js";

const program = await launcherProgram();

await describeOnKubernetes("launcher and broker of version 1, and what is newer", (cluster) => {
  let world: BrokerWorld;
  let broker: BrokerProcess;
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    broker = await startBrokerProcess(world, { stores: await fileStore(world) });
  });
  afterAll(async () => {
    await broker.stop();
    await world.close();
  });

  async function newPod(plan: object): Promise<WaitingPod> {
    const namespace = await world.newNamespace();
    const folder = join(world.folder, namespace);
    const [pod] = await createWaitingPods(world, 1, { namespace, port: broker.port, folder, plan });
    return pod as WaitingPod;
  }

  /** Asks as the launcher of a later version would. */
  async function refusal({ pod, folder }: WaitingPod, newer: object): Promise<ProblemError> {
    const asked = askSource({
      address: parseSourceAddress(`https://127.0.0.1:${broker.port}`),
      trust: { serverName: SERVER_NAME, roots: world.authority.ca },
      token: await readFile(join(folder, "token"), "utf8"),
      request: { ...requestOf(pod, "web"), ...newer },
    });
    const thrown: unknown = await asked.catch((error: unknown) => error);
    if (!ProblemError.isInstance(thrown)) throw new Error("It was not refused");
    return thrown;
  }

  it.runIf(program)("1.2 a later plan that version 1 may read is carried out", async () => {
    const pod = await newPod({ version: 2, later: { what: ["nobody", "knows"] } });
    expect(failureOf(await startLauncher(program ?? "", pod).result, SECRETS)).toBeUndefined();
  });

  it.runIf(program).each([
    ["a later reader", { version: 2, minReader: 2 }, "a reader of version 2; this launcher is of version 1"],
    ["a feature", { version: 2, critical: ["files"] }, "the features files; this launcher is of version 1"],
  ])("1.1 a launcher refuses a plan that needs %s, and does not ask", async (_, plan, why) => {
    const asked = { ...broker.counts };
    const { code, stdout, stderr } = await startLauncher(program ?? "", await newPod(plan)).result;
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toContain(why);
    expect(stderr).toContain("Upgrade the launcher");
    expect(broker.counts).toEqual(asked);
  });

  it.each([
    ["a later reader", { version: 2, minReader: 2 }, "needs a reader of version 2; this is version 1"],
    ["a feature", { version: 2, critical: ["files"] }, "needs what this version does not know: files"],
  ])("1.1 a broker refuses a plan that needs %s, whatever the launcher reads", async (_, plan, why) => {
    const { status, detail } = await refusal(await newPod(plan), { reader: 2, features: ["files"] });
    expect({ status, ...detail }).toMatchObject({
      status: 422,
      kind: "configuration",
      reason: "plan-invalid",
    });
    expect(detail.message).toContain(why);
  });

  it("3 a broker refuses a request of a later protocol, and says which it speaks", async () => {
    const { status, detail } = await refusal(await newPod({}), { protocol: 2 });
    expect({ status, ...detail }).toMatchObject({
      status: 422,
      kind: "configuration",
      reason: "protocol-too-new",
      message: "The launcher speaks protocol 2; this source speaks 1",
      remedy: "Upgrade the broker before the webhook",
    });
  });
});
