import { randomUUID } from "node:crypto";
import { SSM } from "@aws-sdk/client-ssm";
import type { Subject } from "@sluice/provider-conformance";
import { ssm } from "../src/index.js";
import { answeredSituations, openAccount, twoWorkloads } from "./conformance-account.js";
import { ENVIRONMENT } from "./environment.js";
import type { Moto } from "./open-moto.js";

/** Parameter Store of an account of its own. */
export async function ssmSubject(moto: Moto): Promise<Subject> {
  const account = await openAccount(moto);
  const { proxy } = account;
  const aws = new SSM(account.config);
  const root = `/${randomUUID()}`;
  const path = (label: string): string => `${root}/${label}`;
  const write = async (Name: string, Value: string, client = aws): Promise<void> => {
    const Tier = Value.length > 4096 ? "Advanced" : "Standard";
    await client.putParameter({ Name, Value, Tier, Type: "SecureString", Overwrite: true });
  };
  const { delegation, workloads } = twoWorkloads(moto, path, async (its, at, text) => {
    const client = new SSM(its.config);
    await write(at, text, client);
    client.destroy();
  });
  const store = (endpoint: string) =>
    ssm({ endpoint, stsEndpoint: proxy.address, delegation, write: { tier: "Advanced" } });
  const { [Symbol.asyncDispose]: disposeSituations, ...situations } = answeredSituations(
    account,
    { path, write },
    store,
  );
  return {
    ...situations,
    provider: ssm,
    store: store(proxy.address),
    dependencies: { environment: ENVIRONMENT },
    path,
    write,
    remove: async (Name) => void (await aws.deleteParameter({ Name })),
    largestBytes: 8192,
    writeFields: async (at, fields) => write(at, JSON.stringify(fields)),
    versioned: true,
    label: async (Name, label) => void (await aws.labelParameterVersion({ Name, Labels: [label] })),
    reads: () => proxy.count("GetParameters"),
    manyPages: async () => {
      const paths = Array.from({ length: 120 }, (_, n) => path(`many-${n}`));
      for (const each of paths) await write(each, "x");
      return paths;
    },
    unstorable: (text) => Buffer.concat([Buffer.from(text), Buffer.of(0xff)]),
    workloads,
    [Symbol.asyncDispose]: async () => {
      aws.destroy();
      await disposeSituations();
      await account.close();
    },
  };
}
