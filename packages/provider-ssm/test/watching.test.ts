import { randomUUID } from "node:crypto";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { createEventBus, createSecretResolver, type StoreListedEvent } from "@sluice/core";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { secretsManager, ssm } from "../src/index.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";

const moto = await openMoto();

/** Longest until something is seen, in milliseconds. */
const WAIT = 20_000;

describe.skipIf(!moto)("a watch against moto", () => {
  const { proxy, direct, close } = moto ?? NO_MOTO;
  const credentials = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };
  const config = { endpoint: direct, region: ENVIRONMENT.AWS_REGION, credentials };
  const parameters = new SSM(config);
  const secrets = new SecretsManager(config);

  beforeEach(() => proxy.reset());
  afterAll(async () => {
    parameters.destroy();
    secrets.destroy();
    await close();
  });

  const putParameter = async (Name: string, Value: string) =>
    parameters.putParameter({ Name, Value, Type: "SecureString", Overwrite: true });

  it.each([
    {
      title: "Parameter Store",
      create: () => ssm({ endpoint: proxy.address }),
      root: "/",
      listing: "DescribeParameters",
      readings: ["GetParameters"],
      write: putParameter,
      rewrite: putParameter,
      remove: async (Name: string) => parameters.deleteParameter({ Name }),
    },
    {
      title: "Secrets Manager",
      create: () => secretsManager({ endpoint: proxy.address }),
      root: "",
      listing: "ListSecrets",
      readings: ["GetSecretValue", "BatchGetSecretValue"],
      write: async (Name: string, SecretString: string) => secrets.createSecret({ Name, SecretString }),
      rewrite: async (SecretId: string, SecretString: string) =>
        secrets.putSecretValue({ SecretId, SecretString }),
      remove: async (SecretId: string) =>
        secrets.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true }),
    },
  ])("of $title lists, and reads only what changed", async ({ create, root, listing, readings, ...aws }) => {
    const folder = `${root}${randomUUID()}`;
    const paths = Array.from({ length: 120 }, (_, index) => `${folder}/${index}`);
    for (const path of paths) await aws.write(path, "1");
    const events = createEventBus();
    const listed: StoreListedEvent[] = [];
    using _counting = events.on("store-listed", (event) => listed.push(event));
    await using resolver = createSecretResolver({
      stores: { aws: create() },
      environment: ENVIRONMENT,
      events,
    });
    const seen: string[] = [];
    const following = (async () => {
      const references = paths.map((path) => `secret://aws/${path}` as const);
      for await (const { reference, kind, value } of resolver.watch(references, { pollIntervalMs: 400 }))
        seen.push([reference.slice(-3), kind, value?.text()].join(" ").trim());
    })();
    const reads = (): number => readings.reduce((sum, operation) => sum + proxy.count(operation), 0);
    const listedTimes = async (times: number): Promise<void> =>
      vi.waitFor(() => expect(listed.length).toBeGreaterThanOrEqual(times), WAIT);

    await listedTimes(1);
    const before = reads();
    await listedTimes(4);
    expect(reads()).toBe(before);
    // A page of the next listing may have been asked for already.
    const pages = listed.reduce((sum, event) => sum + event.pages, 0);
    expect(proxy.count(listing) - pages).toBeLessThan(listed[0]?.pages ?? 0);
    expect(listed[0]).toMatchObject({ complete: true, items: 120 });

    await aws.rewrite(`${folder}/77`, "2");
    await vi.waitFor(() => expect(seen).toEqual(["/77 changed 2"]), WAIT);
    expect(reads()).toBe(before + 1);
    await aws.remove(`${folder}/11`);
    await vi.waitFor(() => expect(seen).toEqual(["/77 changed 2", "/11 deleted"]), WAIT);
    await resolver[Symbol.asyncDispose]();
    await following;
  });
});
