import { randomUUID } from "node:crypto";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SecretValue, type SecretProvider } from "@sluice/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { secretsManager, ssm, type SsmOptions } from "../src/index.js";
import { contextOf, dependencies, readOne, textOf } from "./ask.js";
import { NO_MOTO, openMoto } from "./open-moto.js";
import { startTlsFront, type TlsFront } from "./tls-front.js";

const moto = await openMoto();
const ROLE = "arn:aws:iam::222222222222:role/b";

describe.skipIf(!moto)("moto behind TLS", () => {
  const { direct, close } = moto ?? NO_MOTO;
  const providers: SecretProvider[] = [];
  let front: TlsFront;

  const open = (provider: typeof ssm | typeof secretsManager, options: SsmOptions): SecretProvider => {
    const opened = provider({ endpoint: front.address, stsEndpoint: front.address, ...options }).create({
      ...dependencies(),
      baseDirectory: front.folder,
    });
    providers.push(opened);
    return opened;
  };

  beforeAll(async () => (front = await startTlsFront(direct)));
  afterEach(async () => {
    for (const provider of providers.splice(0)) await provider[Symbol.asyncDispose]?.();
  });
  afterAll(async () => {
    await front.close();
    await close();
  });

  it.each([
    ["ssm", ssm],
    ["secrets-manager", secretsManager],
  ] as const)(
    "is trusted by the authority of `caFile`, also where a role is assumed: %s",
    async (_, provider) => {
      for (const more of [{}, { assumeRoles: [{ roleArn: ROLE }] }]) {
        const store = open(provider, { caFile: "authority.pem", ...more });
        const value = SecretValue.fromText("over TLS");
        const path = `tls-${randomUUID()}`;
        expect(await store.put?.({ path, value }, contextOf())).toMatchObject({ status: "created" });
        expect(textOf(await readOne(store, path))).toBe("over TLS");
      }
    },
  );

  it.each([{}, { caFile: "stranger.pem" }])("is not trusted with %j", async (options) => {
    const outcome = await readOne(open(ssm, options), "tls");
    expect(outcome).toMatchObject({
      status: "unavailable",
      message: "cannot be had: the server's certificate is not trusted",
      remedy: expect.stringContaining("caFile"),
    });
    const [finding] = (await open(secretsManager, options).check?.(contextOf()))?.findings ?? [];
    expect(finding).toMatchObject({ aspect: "reachable", status: "failed" });
  });

  it("is not asked with a `caFile` that is of no use, and is once it is mended", async () => {
    const store = open(ssm, { caFile: "later.pem" });
    const refused = { status: "invalid", reason: "CaFileUnusable" };
    expect(await readOne(store, "tls")).toMatchObject(refused);
    const broken = "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n";
    for (const text of ["no certificate", broken]) {
      await writeFile(join(front.folder, "later.pem"), text);
      expect(await readOne(store, "tls")).toMatchObject(refused);
    }
    await copyFile(join(front.folder, "authority.pem"), join(front.folder, "later.pem"));
    expect((await readOne(store, "never-written")).status).toBe("not-found");
  });
});
