import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import type { AzureAuth, AzureCloud } from "../src/azure-options.js";
import { createAzureProvider } from "../src/azure-provider.js";
import {
  CLIENT_SECRET,
  ENVIRONMENT,
  EVERYTHING,
  federatedToken,
  registerWeb,
  TENANT,
  trusting,
  WEB,
  WEB_SECRET,
} from "./applications.js";
import { write } from "./call.js";
import { makeCertificates } from "./make-certificates.js";
import { contextOf, openAzure, read, textOf, trustOf } from "./support.js";

const APPLICATION = { tenantId: TENANT, clientId: WEB };

/** Variables that would have the SDK log in by other means than a test sets up. */
const OTHER_MEANS = [
  "AZURE_CLIENT_ID",
  "AZURE_CLIENT_SECRET",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZURE_TENANT_ID",
  "AZURE_TOKEN_CREDENTIALS",
  "IDENTITY_ENDPOINT",
  "MSI_ENDPOINT",
];

await describeOnKeyVault("logins of Azure", (server) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
    await registerWeb(server);
    await write(server, "plain", "text");
    for (const name of OTHER_MEANS) vi.stubEnv(name, undefined);
  });
  afterAll(async () => rm(folder, { recursive: true }));

  const file = async (name: string, content: string | Buffer): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const readAs = async (auth: AzureAuth) => read(openAzure(server, { auth }), "plain");
  const setting = (variables: Readonly<Record<string, string>>): void => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  };

  it("a client secret, from a file", async () => {
    const secret = await file("secret", `${CLIENT_SECRET}\n`);
    expect(textOf(await readAs({ clientSecret: { ...APPLICATION, file: secret } }))).toBe("text");
  });

  it("a credential is read anew after a login that was refused", async () => {
    const secret = await file("renewed", "an expired one");
    const azure = openAzure(server, { auth: { clientSecret: { ...APPLICATION, file: secret } } });
    expect(await read(azure, "plain")).toMatchObject({ status: "denied", reason: "invalid_client" });
    await file("renewed", CLIENT_SECRET);
    expect(textOf(await read(azure, "plain"))).toBe("text");
  });

  it("a credential is not looked for in a file that is far too large, or none", async () => {
    await file("large", Buffer.alloc(300 * 1024, "canary "));
    for (const [name, why] of [
      ["large", "too large to be a credential"],
      ["absent", "cannot be read"],
    ] as const) {
      const outcome = await readAs({ clientSecret: { ...APPLICATION, file: join(folder, name) } });
      expect(outcome).toMatchObject({
        status: "denied",
        reason: "credential-unavailable",
        message: expect.stringContaining(why) as string,
      });
      expect(JSON.stringify(outcome)).not.toContain("canary");
    }
  });

  it("an application or a tenant that is not known is denied", async () => {
    const unknown = { ...APPLICATION, clientId: "nobody", variable: "SECRET" };
    expect(await readAs({ clientSecret: unknown })).toMatchObject({
      status: "denied",
      reason: "unauthorized_client",
    });
    const elsewhere = { ...APPLICATION, tenantId: "elsewhere", variable: "SECRET" };
    expect(await readAs({ clientSecret: elsewhere })).toMatchObject({ status: "denied" });
  });

  describe("a client certificate", async () => {
    const made = await makeCertificates("rsa");
    const other = await makeCertificates("rsa");
    const application = { tenantId: TENANT, clientId: "with-a-certificate" };
    beforeAll(async () => {
      await server.register({ clientId: application.clientId, certificate: made.leaf });
      await server.grant({ [WEB]: EVERYTHING, [application.clientId]: EVERYTHING });
    });

    it("as PEM and as PKCS#12", async () => {
      const pem = await file("certificate.pem", made.key + made.leaf);
      const pfx = await file("certificate.pfx", await made.pkcs12(""));
      for (const each of [pem, pfx])
        expect(textOf(await readAs({ clientCertificate: { ...application, file: each } }))).toBe("text");
    });

    it("that is not the application's is denied", async () => {
      const pem = await file("other.pem", other.key + other.leaf);
      const outcome = await readAs({ clientCertificate: { ...application, file: pem } });
      expect(outcome).toMatchObject({ status: "denied", reason: "invalid_client" });
    });

    it("with a password, as a node's azure.json names it", async () => {
      const pfx = await file("node.pfx", await made.pkcs12("a password"));
      const login = {
        tenantId: TENANT,
        aadClientId: application.clientId,
        aadClientCertPath: pfx,
        aadClientCertPassword: "a password",
      };
      const path = await file("certificate.json", JSON.stringify(login));
      expect(textOf(await readAs({ azureJson: { path } }))).toBe("text");
      const wrong = await file(
        "wrong.json",
        JSON.stringify({ ...login, aadClientCertPassword: "canary-wrong" }),
      );
      const outcome = await readAs({ azureJson: { path: wrong } });
      expect(outcome).toMatchObject({ status: "denied", reason: "credential-unavailable" });
      expect(JSON.stringify(outcome)).not.toContain("canary");
    });
  });

  it("a client secret, as a node's azure.json has it", async () => {
    const login = { tenantId: TENANT, aadClientId: WEB, aadClientSecret: CLIENT_SECRET };
    const path = await file("azure.json", JSON.stringify(login));
    expect(textOf(await readAs({ azureJson: { path } }))).toBe("text");
  });

  describe("a workload identity", () => {
    const clientId = "of-a-workload";
    const subject = "system:serviceaccount:shop:web";
    beforeAll(async () => {
      await server.register({ clientId, federated: [trusting(subject)] });
      await server.grant({ [WEB]: EVERYTHING, [clientId]: EVERYTHING });
    });

    it("by the token in its file", async () => {
      const tokenFile = await file("token", federatedToken(subject));
      const workloadIdentity = { tenantId: TENANT, clientId, tokenFile };
      expect(textOf(await readAs({ workloadIdentity }))).toBe("text");
    });

    it("as a node's azure.json names it", async () => {
      const login = {
        tenantId: TENANT,
        aadClientId: clientId,
        useFederatedWorkloadIdentityExtension: true,
        aadFederatedTokenFile: await file("node-token", federatedToken(subject)),
      };
      const path = await file("federated.json", JSON.stringify(login));
      expect(textOf(await readAs({ azureJson: { path } }))).toBe("text");
    });

    it.each([
      ["another subject", federatedToken("system:serviceaccount:shop:other")],
      ["another audience", federatedToken(subject, "api://another")],
    ])("whose token is for %s is denied", async (_, token) => {
      const tokenFile = await file("wrong-token", token);
      const outcome = await readAs({ workloadIdentity: { tenantId: TENANT, clientId, tokenFile } });
      expect(outcome).toMatchObject({ status: "denied", reason: "invalid_client" });
    });
  });

  describe("a managed identity", () => {
    const own = "of-the-machine";
    const assigned = "assigned-by-a-user";
    const resourceId = "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/x/y";
    beforeAll(async () => {
      await server.register({ clientId: own, managedIdentity: true, systemAssigned: true });
      await server.register({ clientId: assigned, managedIdentity: true, resourceId });
      await write(server, "of-own", "its own");
      await write(server, "of-assigned", "the assigned one's");
      const only = (name: string) => [{ kind: "secrets", permissions: ["get"], names: [name] }] as const;
      await server.grant({ [WEB]: EVERYTHING, [own]: only("of-own"), [assigned]: only("of-assigned") });
    });

    it("by its client, or as the machine's own", async () => {
      const self = openAzure(server, { auth: { managedIdentity: {} } });
      const user = openAzure(server, { auth: { managedIdentity: { clientId: assigned } } });
      expect(textOf(await read(self, "of-own"))).toBe("its own");
      expect(textOf(await read(user, "of-assigned"))).toBe("the assigned one's");
      expect(await read(self, "of-assigned")).toMatchObject({ status: "denied" });
    });

    it.each([
      ["client", assigned],
      ["resource", resourceId],
    ])("by its %s, as a node's azure.json names it", async (_, id) => {
      const login = { useManagedIdentityExtension: true, userAssignedIdentityID: id };
      const path = await file("identity.json", JSON.stringify(login));
      const azure = openAzure(server, { auth: { azureJson: { path } } });
      expect(textOf(await read(azure, "of-assigned"))).toBe("the assigned one's");
    });

    it("that the machine has not is denied, and asked for once", async () => {
      const before = (await server.state()).metadata.length;
      const outcome = await readAs({ managedIdentity: { clientId: "absent" } });
      expect(outcome).toMatchObject({ status: "denied", reason: "credential-unavailable" });
      expect((await server.state()).metadata.length - before).toBe(1);
    });
  });

  describe("the account of the Azure CLI", () => {
    it("is asked for a token of this vault's cloud", async () => {
      const token = await server.tokenFor({ vault: server.host, clientId: WEB, seconds: 3600 });
      const answer = { accessToken: token, expires_on: Math.floor(Date.now() / 1000) + 3600 };
      // The CLI itself cannot be had here: this one writes down what it is asked, and gives a token of the vault's.
      const asked = join(folder, "asked");
      const program = `#!/bin/sh\necho "$@" >> '${asked}'\necho '${JSON.stringify(answer)}'\n`;
      await chmod(await file("az", program), 0o755);
      setting({ PATH: `${folder}${delimiter}${process.env["PATH"]}` });
      expect(textOf(await readAs({ azureCli: {} }))).toBe("text");
      expect((await readFile(asked, "utf8")).trim()).toBe(
        `account get-access-token --output json --resource https://vault.azure.net --tenant ${TENANT}`,
      );
    });

    it("that is not there is denied", async () => {
      setting({ PATH: folder.concat("-absent") });
      expect(await readAs({ azureCli: {} })).toMatchObject({
        status: "denied",
        reason: "credential-unavailable",
      });
    });
  });

  describe("by default", () => {
    const byDefault = async () => {
      const dependencies = { store: "azure", baseDirectory: "/", environment: ENVIRONMENT };
      return read(createAzureProvider({ url: server.address }, dependencies, trustOf(server)), "plain");
    };
    beforeAll(async () => server.grant({ [WEB]: EVERYTHING, "of-a-workload": EVERYTHING }));

    it("an application is taken from the variables of the SDK", async () => {
      setting({ AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: WEB, AZURE_CLIENT_SECRET: CLIENT_SECRET });
      expect(textOf(await byDefault())).toBe("text");
    });

    it("a workload identity is taken from those that its webhook sets", async () => {
      const subject = "system:serviceaccount:shop:web";
      await server.register({ clientId: "of-a-workload", federated: [trusting(subject)] });
      setting({
        AZURE_TENANT_ID: TENANT,
        AZURE_CLIENT_ID: "of-a-workload",
        AZURE_FEDERATED_TOKEN_FILE: await file("default-token", federatedToken(subject)),
      });
      expect(textOf(await byDefault())).toBe("text");
    });
  });

  it.each<[AzureCloud, string]>([
    ["public", "shop.vault.azure.net"],
    ["china", "shop.vault.azure.cn"],
    ["government", "shop.vault.usgovcloudapi.net"],
  ])("the %s cloud has vaults, logins and tokens of its own", async (cloud, host) => {
    const vault = await server.at(host);
    await server.grant({ [WEB]: EVERYTHING }, host);
    await write(vault, "where", cloud);
    const options = { vault: "shop", cloud, auth: WEB_SECRET };
    const dependencies = { store: "azure", baseDirectory: "/", environment: ENVIRONMENT };
    const azure = createAzureProvider(options, dependencies, trustOf(server));
    expect(textOf(await read(azure, "where"))).toBe(cloud);
    const { findings } = await azure.check(contextOf());
    expect(findings.every(({ status }) => status === "ok")).toBe(true);
  });
});
