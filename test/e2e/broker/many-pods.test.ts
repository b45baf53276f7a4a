import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAws } from "../../servers/aws.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { BrokerWorld, type StartedBroker } from "./broker-world.js";
import { containerToken, createPod } from "./test-pods.js";

const AWS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "CANARY-9f31", AWS_REGION: "eu-central-1" };
const PODS = 1_000;
const SECRETS = 20;

await describeOnKubernetes(`${PODS} pods with ${SECRETS} secrets each`, (cluster) => {
  let world: BrokerWorld;
  let broker: StartedBroker;
  let stopAws: () => Promise<void>;
  beforeAll(async () => {
    const aws = await startAws();
    if (aws.kind === "unavailable") throw new Error(aws.reason);
    stopAws = async () => aws.stop();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SSMClient({ endpoint: aws.address, region: "eu-central-1", credentials });
    world = await BrokerWorld.open(cluster);
    for (let number = 0; number < SECRETS; number += 1)
      await client.send(
        new PutParameterCommand({
          Name: `/app/${number}`,
          Value: world.secret(`${number}`),
          Type: "SecureString",
        }),
      );
    client.destroy();
    const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
    const options = { region: "eu-central-1", endpoint: aws.address };
    const stores = { params: { provider: "ssm", options, access } };
    broker = await world.start({ environment: AWS, stores });
  });
  afterAll(async () => {
    await broker.stop();
    await stopAws();
    await world.close();
  });

  it("cost the store the calls of one pod", { timeout: 300_000 }, async () => {
    const namespace = await world.newNamespace();
    const numbers = Array.from({ length: SECRETS }, (_, number) => number);
    const env = Object.fromEntries(numbers.map((number) => [`V${number}`, `secret://params/app/${number}`]));
    const expected = Object.fromEntries(numbers.map((number) => [`V${number}`, world.secret(`${number}`)]));
    const pods = await inTurns(PODS, async (number) => {
      const pod = await createPod(world.admin, {
        namespace,
        name: `pod-${number}`,
        containers: { web: env },
      });
      return { pod, token: await containerToken(world.admin, pod, "web") };
    });
    const startedAt = performance.now();
    const answers = await inTurns(PODS, async (number) => {
      const { pod, token } = pods[number] as (typeof pods)[number];
      return world.ask(broker, pod, "web", { token });
    });
    const seconds = (performance.now() - startedAt) / 1000;
    process.stdout.write(`${PODS} environments in ${seconds.toFixed(1)} s\n`);
    for (const answer of answers) expect(answer.env).toEqual(expected);
    // A call takes ten parameters.
    expect(world.providerCalls()).toBe(SECRETS / 10);
    expect(world.audit().filter(({ event }) => event === "released")).toHaveLength(PODS);
    expect(await world.metrics(broker.running)).toContain(
      'sluice_broker_requests_total{outcome="released"} 1000',
    );
  });

  it("nothing that was written or told holds a value or a token", () => {
    // The tokens are a thousand: one text for all that was told.
    const told = world.told.join("\n");
    expect(Array.from(world.toxic).filter((secret) => told.includes(secret))).toEqual([]);
  });
});

/** Work for each number, as much at once as a machine with a small API server does well. */
async function inTurns<Result>(count: number, work: (number: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next;
      next += 1;
      results[number] = await work(number);
    }
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  return results;
}
