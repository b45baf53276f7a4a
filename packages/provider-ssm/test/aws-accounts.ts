import { mkdtemp, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SecretProvider, SecretValue } from "@sluice/core";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { ssm, type SsmOptions } from "../src/index.js";
import { contextOf, dependencies } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import type { Moto } from "./open-moto.js";
import type { Call } from "./recording-proxy.js";

// moto keeps the accounts apart: who acts in one sees the parameters of that one.
export const ROLE_B = "arn:aws:iam::222222222222:role/b";
export const ROLE_C = "arn:aws:iam::333333333333:role/c";

/** One parameter in three accounts of moto, with another value in each, for the tests of one `describe`. */
export interface AwsAccounts {
  /** The parameter's name. */
  readonly name: string;
  /** A folder for files of credentials. */
  readonly folder: string;
  /** A store whose AWS and STS are moto behind the proxy; closed in the end. */
  readonly open: (options: SsmOptions, environment?: Record<string, string>) => SecretProvider;
  readonly stsCalls: () => readonly Call[];
}

/** Plants it, through roles in B and C, and sees to the end of all. */
export function awsAccounts({ proxy, close }: Moto): AwsAccounts {
  const name = `/${randomUUID()}`;
  const providers: SecretProvider[] = [];
  let folder = "";
  const open = (options: SsmOptions, environment: Record<string, string> = ENVIRONMENT): SecretProvider => {
    const endpoints = { endpoint: proxy.address, stsEndpoint: proxy.address };
    const provider = ssm({ ...endpoints, ...options }).create(dependencies(environment));
    providers.push(provider);
    return provider;
  };
  const plant = async (value: string, provider: SecretProvider): Promise<void> => {
    await provider.put?.({ path: name, value: SecretValue.fromText(value) }, contextOf());
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-aws-"));
    await plant("of the account itself", open({}));
    await plant("of account B", open({ assumeRoles: [{ roleArn: ROLE_B }] }));
    await plant("of account C", open({ assumeRoles: [{ roleArn: ROLE_C }] }));
  });
  beforeEach(() => {
    proxy.reset();
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const provider of providers) await provider[Symbol.asyncDispose]?.();
    await rm(folder, { recursive: true });
    await close();
  });
  return {
    name,
    get folder() {
      return folder;
    },
    open,
    stsCalls: () => proxy.calls.filter(({ operation }) => operation.startsWith("Action=")),
  };
}
