import { randomUUID } from "node:crypto";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Subject } from "@sluice/provider-conformance";
import { secretsManager } from "../src/index.js";
import { answeredSituations, openAccount, twoWorkloads } from "./conformance-account.js";
import { ENVIRONMENT } from "./environment.js";
import type { Moto } from "./open-moto.js";

/** Secrets Manager of an account of its own. */
export async function secretsManagerSubject(moto: Moto): Promise<Subject> {
  const account = await openAccount(moto);
  const { proxy } = account;
  const aws = new SecretsManager(account.config);
  const root = randomUUID();
  const path = (label: string): string => `${root}/${label}`;
  const labels: { SecretId: string; VersionStage: string; MoveToVersionId: string }[] = [];
  const set = async (Name: string, value: object, client = aws): Promise<void> => {
    try {
      await client.createSecret({ Name, ...value });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ResourceExistsException") throw error;
      await client.putSecretValue({ SecretId: Name, ...value });
      // moto drops the labels of the version that was current, which AWS keeps.
      for (const label of labels.filter(({ SecretId }) => SecretId === Name))
        await client.updateSecretVersionStage(label);
    }
  };
  const write = async (at: string, text: string): Promise<void> => set(at, { SecretString: text });
  const { delegation, workloads } = twoWorkloads(moto, path, async (its, at, text) => {
    const client = new SecretsManager(its.config);
    await set(at, { SecretString: text }, client);
    client.destroy();
  });
  const store = (endpoint: string) => secretsManager({ endpoint, stsEndpoint: proxy.address, delegation });
  const { [Symbol.asyncDispose]: disposeSituations, ...situations } = answeredSituations(
    account,
    { path, write },
    store,
  );
  return {
    ...situations,
    provider: secretsManager,
    store: store(proxy.address),
    dependencies: { environment: ENVIRONMENT },
    path,
    write,
    remove: async (SecretId) => void (await aws.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true })),
    writeBytes: async (at, bytes) => set(at, { SecretBinary: bytes }),
    largestBytes: 65_536,
    writeFields: async (at, fields) => write(at, JSON.stringify(fields)),
    versioned: true,
    label: async (SecretId, VersionStage) => {
      const { VersionId = "" } = await aws.getSecretValue({ SecretId });
      const label = { SecretId, VersionStage, MoveToVersionId: VersionId };
      await aws.updateSecretVersionStage(label);
      labels.push(label);
    },
    reads: () => proxy.count("GetSecretValue") + proxy.count("BatchGetSecretValue"),
    manyPages: async () => {
      const paths = Array.from({ length: 220 }, (_, n) => path(`many-${n}`));
      for (const each of paths) await write(each, "x");
      return paths;
    },
    unstorable: (text) => Buffer.concat([Buffer.from(text), Buffer.alloc(65_536, "x")]),
    workloads,
    [Symbol.asyncDispose]: async () => {
      aws.destroy();
      await disposeSituations();
      await account.close();
    },
  };
}
