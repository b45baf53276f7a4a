import { SSM } from "@aws-sdk/client-ssm";
import type { SecretProvider } from "@sluice/core";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { ssm } from "../src/index.js";
import { dependencies } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import type { Moto } from "./open-moto.js";

/** Parameter Store on moto, for the tests of one `describe`. */
export interface SsmStore {
  /** Asks through the proxy. */
  readonly provider: SecretProvider;
  /** Where this test's parameters are, and no other's. */
  readonly at: string;
  /** The SDK, past the proxy. */
  readonly aws: SSM;
  readonly write: (name: string, value: string, more?: object) => Promise<unknown>;
}

/** Credentials that moto takes for its own account. */
export const CREDENTIALS = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };

/** Opens it, and sees to its end; the proxy begins every test with nothing recorded. */
export function ssmStore({ proxy, direct, close }: Moto): SsmStore {
  const aws = new SSM({ endpoint: direct, region: ENVIRONMENT.AWS_REGION, credentials: CREDENTIALS });
  let provider: SecretProvider;
  let at = "";
  beforeAll(() => {
    provider = ssm({ endpoint: proxy.address }).create(dependencies());
  });
  beforeEach(() => {
    proxy.reset();
    at = `/${randomUUID()}`;
  });
  afterAll(async () => {
    await provider[Symbol.asyncDispose]?.();
    aws.destroy();
    await close();
  });
  return {
    get provider() {
      return provider;
    },
    get at() {
      return at;
    },
    aws,
    write: async (Name, Value, more = {}) =>
      aws.putParameter({ Name, Value, Type: "SecureString", Overwrite: true, ...more }),
  };
}
