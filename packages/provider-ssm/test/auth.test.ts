import { SSM } from "@aws-sdk/client-ssm";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { contextOf, readOne, textOf } from "./ask.js";
import { awsAccounts, ROLE_B, ROLE_C } from "./aws-accounts.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";

const moto = await openMoto();

const REGION = ENVIRONMENT.AWS_REGION;

describe.skipIf(!moto)("credentials against moto", () => {
  const { proxy, direct } = moto ?? NO_MOTO;
  const accounts = awsAccounts(moto ?? NO_MOTO);
  const { name, open, stsCalls } = accounts;

  it("acts as itself with the credentials of the environment it is given", async () => {
    expect(textOf(await readOne(open({}), name))).toBe("of the account itself");
    expect(stsCalls()).toHaveLength(0);
  });

  it("assumes roles one after the other, once", async () => {
    const provider = open({
      assumeRoles: [
        { roleArn: ROLE_B, externalId: "ext-1" },
        { roleArn: ROLE_C, sessionName: "last" },
      ],
    });
    expect(textOf(await readOne(provider, name))).toBe("of account C");
    expect(textOf(await readOne(provider, name))).toBe("of account C");
    const bodies = stsCalls().map(({ body }) => decodeURIComponent(body));
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toContain(`RoleArn=${ROLE_B}`);
    expect(bodies[0]).toContain("ExternalId=ext-1");
    expect(bodies[0]).toContain("RoleSessionName=sluice");
    expect(bodies[1]).toContain("RoleSessionName=last");
  });

  it("reads a parameter of another account by its ARN, as a role there; what nobody shares is not there", async () => {
    // moto knows no sharing between accounts, so that an ARN from outside is always of something not shared.
    const arn = `arn:aws:ssm:${REGION}:222222222222:parameter${name}`;
    expect(textOf(await readOne(open({ assumeRoles: [{ roleArn: ROLE_B }] }), arn))).toBe("of account B");
    expect((await readOne(open({}), arn)).status).toBe("not-found");
  });

  it("shows a web identity's token for a role", async () => {
    const tokenFile = join(accounts.folder, "token");
    await writeFile(tokenFile, "the-web-token");
    const environment = { AWS_REGION: REGION, AWS_ROLE_ARN: ROLE_B, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile };
    expect(textOf(await readOne(open({ auth: { method: "web-identity" } }, environment), name))).toBe(
      "of account B",
    );
    const explicit = open(
      { auth: { method: "web-identity", roleArn: ROLE_C, tokenFile } },
      { AWS_REGION: REGION },
    );
    expect(textOf(await readOne(explicit, name))).toBe("of account C");
    expect(textOf(await readOne(open({}, environment), name))).toBe("of account B");
    expect(stsCalls().map(({ operation }) => operation)).toEqual(
      Array.from({ length: 3 }, () => "Action=AssumeRoleWithWebIdentity"),
    );
    expect(stsCalls()[0]?.body).toContain("the-web-token");
  });

  it("reads a profile of the files the environment names", async () => {
    const file = join(accounts.folder, "credentials");
    await writeFile(file, "[shop]\naws_access_key_id = AKIASHOP\naws_secret_access_key = x\n");
    const environment = {
      AWS_REGION: REGION,
      AWS_SHARED_CREDENTIALS_FILE: file,
      AWS_CONFIG_FILE: join(accounts.folder, "none"),
    };
    const provider = open({ auth: { method: "profile", profile: "shop" } }, environment);
    expect(textOf(await readOne(provider, name))).toBe("of the account itself");
  });

  it("goes from a profile to the role that another one names, with an STS of its own", async () => {
    const file = join(accounts.folder, "chained-credentials");
    const config = join(accounts.folder, "chained-config");
    await writeFile(file, "[shop]\naws_access_key_id = AKIASHOP\naws_secret_access_key = x\n");
    await writeFile(
      config,
      `[profile deep]\nrole_arn = ${ROLE_C}\nsource_profile = shop\nregion = ${REGION}\n`,
    );
    const environment = { AWS_REGION: REGION, AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: config };
    const chosen = open({ auth: { method: "profile", profile: "deep" } }, environment);
    expect(textOf(await readOne(chosen, name))).toBe("of account C");
    const byVariable = open({}, { ...environment, AWS_PROFILE: "deep" });
    expect(textOf(await readOne(byVariable, name))).toBe("of account C");
    expect(stsCalls().map(({ operation, accessKey }) => [operation, accessKey])).toEqual([
      ["Action=AssumeRole", "AKIASHOP"],
      ["Action=AssumeRole", "AKIASHOP"],
    ]);
  });

  it("asks the container's endpoint, as Pod Identity has it", async () => {
    const tokenFile = join(accounts.folder, "pod-token");
    await writeFile(tokenFile, "the-pod-token");
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: "AKIAPOD", SecretAccessKey: "x", Token: "t", Expiration }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const provider = open(
      { auth: { method: "container" } },
      {
        AWS_REGION: REGION,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
      },
    );
    expect(textOf(await readOne(provider, name))).toBe("of the account itself");
    expect(seen).toEqual(["the-pod-token"]);
    server.closeAllConnections();
    server.close();
  });

  it("asks the instance's metadata service, which is moto's own", async () => {
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", undefined);
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", proxy.address);
    const provider = open({ auth: { method: "instance-metadata" } }, { AWS_REGION: REGION });
    expect(textOf(await readOne(provider, name))).toBe("of the account itself");
    expect(textOf(await readOne(provider, name))).toBe("of the account itself");
    const role = "GET /latest/meta-data/iam/security-credentials/";
    expect(proxy.calls.map(({ line }) => line)).toEqual([
      "PUT /latest/api/token",
      role,
      `${role}default-role`,
      "POST /",
      "POST /",
    ]);
    expect(proxy.calls.at(-1)?.accessKey).toBe("test-key");
  });

  it("is denied without credentials, and unavailable without STS", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_PROFILE", undefined);
    const none = join(accounts.folder, "none");
    const environment = { AWS_REGION: REGION, AWS_SHARED_CREDENTIALS_FILE: none, AWS_CONFIG_FILE: none };
    const without = open({}, environment);
    expect(await readOne(without, name)).toMatchObject({
      status: "denied",
      reason: "CredentialsProviderError",
    });
    const check = await without.check?.(contextOf());
    expect(check?.findings).toMatchObject([{ aspect: "authenticated", status: "failed" }]);
    const lost = open({ assumeRoles: [{ roleArn: ROLE_B }], stsEndpoint: "http://127.0.0.1:1" });
    expect(await readOne(lost, name)).toMatchObject({ status: "unavailable", reason: "ECONNREFUSED" });
    proxy.intercept(({ operation }) =>
      operation.startsWith("Action=")
        ? {
            status: 403,
            headers: { "content-type": "text/xml" },
            body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>canary</Message></Error></ErrorResponse>",
          }
        : undefined,
    );
    const refused = await readOne(open({ assumeRoles: [{ roleArn: ROLE_B }] }), name);
    expect(refused).toMatchObject({ status: "denied", reason: "AccessDenied" });
    expect(inspect(refused)).not.toContain("canary");
    expect(proxy.calls).toHaveLength(1);
  });

  it("has planted what it reads by no other way", async () => {
    const credentials = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };
    const aws = new SSM({ endpoint: direct, region: REGION, credentials });
    const { Parameter } = await aws.getParameter({ Name: name, WithDecryption: true });
    expect(Parameter?.Value).toBe("of the account itself");
    aws.destroy();
  });
});
