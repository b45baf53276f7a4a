import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AzureAuth } from "../azure-options.js";
import { failureOf } from "../failure/failure-of.js";
import { parseAzureJson } from "./azure-json.js";
import { createCredential } from "./create-credential.js";

const NODE = { tenantId: "t", aadClientId: "c", aadClientSecret: "canary" };
const APPLICATION = { tenantId: "t", clientId: "c" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
  await writeFile(join(folder, "secret"), "s\n");
  await writeFile(join(folder, "empty"), "\n");
  await writeFile(join(folder, "pem"), "-----BEGIN PRIVATE KEY-----");
  await writeFile(join(folder, "node.json"), JSON.stringify(NODE));
  await writeFile(join(folder, "msi.json"), '\uFEFF{"useManagedIdentityExtension":true}');
  await writeFile(join(folder, "bad.json"), '{"aadClientSecret": "canary", ');
});
afterAll(async () => rm(folder, { recursive: true }));

const create = async (auth?: AzureAuth, environment = {}) =>
  createCredential(
    auth,
    { store: "azure", baseDirectory: folder, environment },
    {
      authorityHost: "https://login.microsoftonline.com",
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
    },
  );

describe("createCredential", () => {
  it.each<[string, AzureAuth | undefined]>([
    ["DefaultAzureCredential", undefined],
    ["WorkloadIdentityCredential", { workloadIdentity: { ...APPLICATION, tokenFile: "token" } }],
    ["ManagedIdentityCredential", { managedIdentity: { clientId: "c" } }],
    ["ManagedIdentityCredential", { managedIdentity: {} }],
    ["ClientSecretCredential", { clientSecret: { ...APPLICATION, file: "secret" } }],
    ["ClientSecretCredential", { clientSecret: { ...APPLICATION, variable: "S" } }],
    ["ClientCertificateCredential", { clientCertificate: { ...APPLICATION, file: "pem" } }],
    ["AzureCliCredential", { azureCli: {} }],
    ["ClientSecretCredential", { azureJson: { path: "node.json" } }],
    ["ManagedIdentityCredential", { azureJson: { path: "msi.json" } }],
  ])("makes a %s", async (name, auth) => {
    expect((await create(auth, { S: "s" })).constructor.name).toBe(name);
  });

  it("takes the webhook's variables for a workload identity from the environment it is given", async () => {
    const environment = { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_FEDERATED_TOKEN_FILE: "/token" };
    expect(await create({ workloadIdentity: {} }, environment)).toBeDefined();
    await expect(create({ workloadIdentity: {} })).rejects.toSatisfy(
      (error) => failureOf(error).reason === "credential-unavailable",
    );
  });

  it.each<AzureAuth>([
    { clientSecret: { ...APPLICATION, variable: "ABSENT" } },
    { clientSecret: { ...APPLICATION, file: "empty" } },
    { clientSecret: { ...APPLICATION, file: "absent" } },
    { clientCertificate: { ...APPLICATION, file: "empty" } },
    { azureJson: { path: "bad.json" } },
    { azureJson: { path: "absent.json" } },
  ])("says what is missing, quoting nothing: %o", async (auth) => {
    const [settled] = await Promise.allSettled([create(auth)]);
    const failure = failureOf(settled.status === "rejected" ? settled.reason : undefined);
    expect(failure).toMatchObject({ status: "denied", reason: "credential-unavailable" });
    expect(JSON.stringify(failure)).not.toContain("canary");
  });
});

describe("parseAzureJson", () => {
  it("prefers the managed identity, as the node does", () => {
    const text = JSON.stringify({ ...NODE, useManagedIdentityExtension: true, userAssignedIdentityID: "u" });
    expect(parseAzureJson(text)).toEqual({ kind: "managed-identity", clientId: "u" });
  });

  it("knows an identity by its client, or by its resource, or as the machine's own", () => {
    const login = (id?: string) =>
      parseAzureJson(JSON.stringify({ useManagedIdentityExtension: true, userAssignedIdentityID: id }));
    const resourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/x/y";
    expect(login("u")).toEqual({ kind: "managed-identity", clientId: "u" });
    expect(login(resourceId)).toEqual({ kind: "managed-identity", resourceId });
    expect(login("")).toEqual({ kind: "managed-identity" });
  });

  it("knows certificates and federated tokens", () => {
    const { aadClientSecret: _, ...node } = NODE;
    const certificate = { ...node, aadClientCertPath: "/c.pfx", aadClientCertPassword: "p" };
    const application = { tenantId: "t", clientId: "c" };
    expect(parseAzureJson(JSON.stringify(certificate))).toEqual({
      kind: "client-certificate",
      ...application,
      file: "/c.pfx",
      password: "p",
    });
    const federated = { useFederatedWorkloadIdentityExtension: true, aadFederatedTokenFile: "/token" };
    expect(parseAzureJson(JSON.stringify({ ...NODE, ...federated }))).toEqual({
      kind: "workload-identity",
      ...application,
      tokenFile: "/token",
    });
  });

  it("knows no login without all of it", () => {
    for (const text of [
      "",
      "[]",
      "null",
      '{"tenantId":"t"}',
      JSON.stringify({ ...NODE, aadClientSecret: "" }),
    ])
      expect(parseAzureJson(text)).toBeUndefined();
  });
});
