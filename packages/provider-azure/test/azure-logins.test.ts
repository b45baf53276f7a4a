import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { CLIENT_SECRET } from "../../../test/servers/azure-stand-in/login-service.js";
import { type RunningStandIn, startStandIn } from "../../../test/servers/azure-stand-in/start-stand-in.js";
import type { AzureAuth } from "../src/azure-options.js";
import { openAzure, read, textOf, write } from "./support.js";

const APPLICATION = { tenantId: "stand-in", clientId: "web" };

let server: RunningStandIn;
let folder: string;
beforeAll(async () => {
  server = await startStandIn();
  folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
  await write(server, "plain", "text");
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const readAs = async (auth: AzureAuth) => read(openAzure(server, { auth }), "plain");

it("logs in with a client secret from a file", async () => {
  const secret = await file("secret", `${CLIENT_SECRET}\n`);
  expect(textOf(await readAs({ clientSecret: { ...APPLICATION, file: secret } }))).toBe("text");
});

it("logs in with a node's azure.json", async () => {
  const login = { tenantId: "stand-in", aadClientId: "node", aadClientSecret: CLIENT_SECRET };
  const path = await file("azure.json", JSON.stringify(login));
  expect(textOf(await readAs({ azureJson: { path } }))).toBe("text");
});

it("logs in with a workload's token file", async () => {
  server.standIn.owners.set("plain", "workload:file");
  const tokenFile = await file("token", "workload:file");
  expect(textOf(await readAs({ workloadIdentity: { ...APPLICATION, tokenFile } }))).toBe("text");
  server.standIn.owners.clear();
});

it("reads its credential anew after a login that was refused", async () => {
  const secret = await file("renewed", "an expired one");
  const azure = openAzure(server, { auth: { clientSecret: { ...APPLICATION, file: secret } } });
  expect(await read(azure, "plain")).toMatchObject({ status: "denied", reason: "invalid_client" });
  await file("renewed", CLIENT_SECRET);
  expect(textOf(await read(azure, "plain"))).toBe("text");
});

// One test, for MSAL looks for the metadata service once in a process.
it("logs in with a machine's managed identity, and asks a machine without one once", async () => {
  const asked: string[] = [];
  const metadata = createServer(({ url = "" }, response) => {
    asked.push(url);
    const known = url.includes("client_id=assigned");
    const token = { access_token: server.token, expires_in: 3600, token_type: "Bearer", resource: "vault" };
    const refusal = { error: "invalid_request", error_description: "canary" };
    response.writeHead(known ? 200 : 400, { "content-type": "application/json" });
    response.end(JSON.stringify(known ? token : refusal));
  }).listen(0, "127.0.0.1");
  await once(metadata, "listening");
  onTestFinished(() => void metadata.close());
  const { port } = metadata.address() as AddressInfo;
  vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", `http://127.0.0.1:${port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(textOf(await readAs({ managedIdentity: { clientId: "assigned" } }))).toBe("text");
  const before = asked.length;
  const outcome = await readAs({ managedIdentity: {} });
  expect(outcome).toMatchObject({ status: "denied", reason: "credential-unavailable" });
  expect(JSON.stringify(outcome)).not.toContain("canary");
  expect(asked.length - before).toBe(1);
});
