import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { BrokerWorld } from "../broker/broker-world.js";
import { type BrokerProcess, startBrokerProcess } from "./broker-process.js";
import { inParallel } from "./in-parallel.js";
import { createService, type TestService } from "./service.js";
import { failureOf, startLauncher } from "./start-launcher.js";
import { createWaitingPods, fileStore, SECRETS } from "./waiting-pods.js";

const program = await launcherProgram();
const STARTS = 1_000;
const AT_ONCE = 20;
/** Until a Service leaves out a server that is gone: what readiness probes take to notice, in milliseconds. */
const NOTICED_MS = 10_000;

await describeOnKubernetes("a broker of two replicas, one of which is killed", (cluster) => {
  let world: BrokerWorld;
  let service: TestService;
  const replicas: BrokerProcess[] = [];
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    service = await createService();
    const stores = await fileStore(world);
    for (let number = 0; number < 2; number += 1) {
      const replica = await startBrokerProcess(world, { stores });
      replicas.push(replica);
      await service.add(replica.port);
    }
  });
  afterAll(async () => {
    await replicas[1]?.stop();
    await service[Symbol.asyncDispose]();
    await world.close();
  });

  it.runIf(program)(`fails none of ${STARTS} starts`, { timeout: 300_000 }, async ({ annotate }) => {
    const [lost, kept] = replicas as [BrokerProcess, BrokerProcess];
    const namespace = await world.newNamespace();
    const settings = { namespace, port: service.port, folder: world.folder };
    const pods = await createWaitingPods(world, STARTS, settings);
    let ended = 0;
    let killed: Promise<void> | undefined;
    const results = await inParallel(AT_ONCE, pods, async (pod) => {
      const result = await startLauncher(program ?? "", pod).result;
      ended += 1;
      if (ended > STARTS / 3) killed ??= loseReplica(lost);
      return result;
    });
    await killed;

    const failures = results
      .map((result) => failureOf(result, SECRETS))
      .filter((failure) => failure !== undefined);
    expect(failures).toEqual([]);
    // It was felt, or nothing is proved: some had to try again, and the other one did the rest.
    const triedAgain = results.filter(({ stderr }) => stderr.includes("trying again")).length;
    expect(triedAgain).toBeGreaterThan(AT_ONCE / 2);
    expect(lost.counts.released).toBeGreaterThan(STARTS / 10);
    expect(kept.counts.released).toBeGreaterThan(STARTS / 2);
    expect(lost.counts.released + kept.counts.released).toBeGreaterThanOrEqual(STARTS);
    await annotate(
      `${triedAgain} starts tried again; lost replica ${lost.counts.released}, kept ${kept.counts.released}`,
    );
  });

  async function loseReplica(lost: BrokerProcess): Promise<void> {
    await lost.kill();
    await new Promise((resolve) => void setTimeout(resolve, NOTICED_MS));
    await service.remove(lost.port);
  }
});
