import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { SecretValue } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretsManager, ssm } from "../src/index.js";
import { ask, contextOf, dependencies, listAll, readOne, textOf } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";

// Access control is the whole server's, so it is not switched on at one that others use as well.
const moto = process.env["SLUICE_AWS_ENDPOINT"] === undefined ? await openMoto() : undefined;

/** What the reader may do: single secrets, and no batches; parameters, and no lists. */
const POLICY = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "ssm:GetParameters"], Resource: "*" },
  ],
};

describe.skipIf(!moto)("access control of moto", () => {
  const { proxy, direct, close } = moto ?? NO_MOTO;
  const environments: Record<string, Record<string, string>> = {};

  /** IAM, whose client we do not have: its calls are plain forms. */
  const iam = async (action: string, parameters: Record<string, string>): Promise<string> => {
    const response = await fetch(direct, {
      method: "POST",
      body: new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }),
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/iam/aws4_request" },
    });
    if (!response.ok) throw new Error(`${action}: ${response.status}`);
    return response.text();
  };
  const createUser = async (UserName: string): Promise<Record<string, string>> => {
    await iam("CreateUser", { UserName });
    const key = await iam("CreateAccessKey", { UserName });
    const part = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(key)?.[1] ?? "";
    return {
      AWS_REGION: ENVIRONMENT.AWS_REGION,
      AWS_ACCESS_KEY_ID: part("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: part("SecretAccessKey"),
    };
  };

  beforeAll(async () => {
    const credentials = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };
    const config = { endpoint: direct, region: ENVIRONMENT.AWS_REGION, credentials };
    for (const name of ["a", "b"]) {
      await new SecretsManager(config).createSecret({ Name: name, SecretString: `secret ${name}` });
      await new SSM(config).putParameter({ Name: name, Value: `parameter ${name}`, Type: "SecureString" });
    }
    environments["reader"] = await createUser("reader");
    environments["nobody"] = await createUser("nobody");
    environments["stranger"] = ENVIRONMENT;
    await iam("PutUserPolicy", {
      UserName: "reader",
      PolicyName: "read",
      PolicyDocument: JSON.stringify(POLICY),
    });
    await fetch(`${direct}/moto-api/reset-auth`, { method: "POST", body: "0" });
  });
  afterAll(async () => close());

  const open = (provider: typeof ssm | typeof secretsManager, user: string) =>
    provider({ endpoint: proxy.address }).create(dependencies(environments[user]));

  it("lets the reader read, one by one where it may not read batches", async () => {
    const requests = [ask("a"), ask("b")];
    expect((await open(ssm, "reader").resolve(requests, contextOf())).map(textOf)).toEqual([
      "parameter a",
      "parameter b",
    ]);
    proxy.reset();
    expect((await open(secretsManager, "reader").resolve(requests, contextOf())).map(textOf)).toEqual([
      "secret a",
      "secret b",
    ]);
    expect(proxy.calls.map(({ operation }) => operation)).toEqual([
      "BatchGetSecretValue",
      "GetSecretValue",
      "GetSecretValue",
    ]);
  });

  // moto says no in XML, where AWS says it in JSON: what is left is that it says no.
  it.each([
    ["ssm", "nobody", ssm],
    ["secrets-manager", "nobody", secretsManager],
    ["ssm", "stranger", ssm],
    ["secrets-manager", "stranger", secretsManager],
  ] as const)("is denied by %s as %s, be the secret there or not", async (_, user, provider) => {
    const store = open(provider, user);
    const requests = [ask("a"), ask("absent"), ask("b", { kind: "label", label: "AWSCURRENT" })];
    const outcomes = await store.resolve(requests, contextOf());
    expect(outcomes.map(({ status }) => status)).toEqual(["denied", "denied", "denied"]);
    expect(await readOne(store, "a")).toMatchObject({ status: "denied" });
    await expect(listAll(store)).rejects.toMatchObject({ name: "StoreError", failure: { status: "denied" } });
    const value = SecretValue.fromText("x");
    const condition = { ifAbsent: true } as const;
    expect(await store.put?.({ path: "a", value, condition }, contextOf())).toMatchObject({
      status: "denied",
    });
    expect(await store.delete?.({ path: "a" }, contextOf())).toMatchObject({ status: "denied" });
    const check = await store.check?.(contextOf());
    expect(check?.findings.at(-1)).toMatchObject({ aspect: "listing", status: "warning" });
  });
});
