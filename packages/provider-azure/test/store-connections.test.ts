import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it, onTestFinished } from "vitest";
import { startFaultProxy } from "../../../test/servers/faults/fault-proxy.js";
import { createAuthority } from "../../../test/servers/faults/test-authority.js";
import { azureKeyVault } from "../src/azure-key-vault.js";
import { StoreConnections } from "../src/vault/store-connections.js";
import { ENVIRONMENT, WEB_SECRET } from "./applications.js";
import { read } from "./support.js";

/** A server behind TLS, and whom to trust so as to reach it. */
async function openServer() {
  const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const authority = await createAuthority("test");
  const { port } = server.address() as AddressInfo;
  const proxy = await startFaultProxy({ address: `http://127.0.0.1:${port}` }, await authority.issue());
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });
  return { proxy, authority };
}

it("keeps connections, drops idle ones where one gives no answer, and closes all", async () => {
  const { proxy, authority } = await openServer();
  const connections = new StoreConnections();
  const client = await connections.open(authority.ca);
  const get = async (path: string): Promise<number> =>
    (await client.sendRequest(createPipelineRequest({ url: `${proxy.address}${path}` }))).status;
  const open = (): number => proxy.network.connections();

  await get("/1");
  expect([await get("/2"), open()]).toEqual([200, 1]);
  expect(await Promise.all(["/3", "/4", "/5"].map(get))).toEqual([200, 200, 200]);
  expect(open()).toBe(3);
  proxy.http.intercept(() => ({ kind: "reset" }));
  await expect(get("/6")).rejects.toMatchObject({ code: "ECONNRESET" });
  await expect.poll(open).toBe(0);
  proxy.heal();
  expect([await get("/7"), open()]).toEqual([200, 1]);
  connections.close();
  await expect.poll(open).toBe(0);
});

it("trusts the store's authority, and no other store's", async () => {
  const { proxy, authority } = await openServer();
  const stranger = await createAuthority("stranger");
  const ask = async (trusted: string | undefined): Promise<unknown> => {
    const connections = new StoreConnections();
    const client = await connections.open(trusted);
    try {
      return (await client.sendRequest(createPipelineRequest({ url: proxy.address }))).status;
    } catch (error) {
      return Reflect.get(error as object, "code");
    } finally {
      connections.close();
    }
  };
  expect(await ask(authority.ca)).toBe(200);
  for (const other of [stranger.ca, undefined])
    expect(await ask(other)).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

it("opens no more connections than sixteen", async () => {
  const { proxy, authority } = await openServer();
  proxy.network.latency = { toServerMs: 0, toClientMs: 200 };
  const connections = new StoreConnections();
  const client = await connections.open(authority.ca);
  const get = async () => client.sendRequest(createPipelineRequest({ url: proxy.address }));
  const answers = await Promise.all(Array.from({ length: 40 }, get));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(new Set(proxy.http.calls.map(({ connection }) => connection)).size).toBe(16);
  connections.close();
});

it.each([
  ["cannot be read", undefined],
  ["holds no certificate", "canary"],
  ["holds no certificate", "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n"],
])("asks nobody with an authority's file that %s", async (why, text) => {
  const baseDirectory = await mkdtemp(join(tmpdir(), "sluice-azure-ca-"));
  onTestFinished(async () => rm(baseDirectory, { recursive: true }));
  if (text !== undefined) await writeFile(join(baseDirectory, "ca.pem"), text);
  const store = azureKeyVault({ vault: "unreached", caFile: "ca.pem", auth: WEB_SECRET });
  const azure = store.create({ store: "azure", baseDirectory, environment: ENVIRONMENT });
  const outcome = await read(azure, "plain");
  expect(outcome).toMatchObject({ status: "invalid", message: expect.stringContaining(why) as string });
  expect(JSON.stringify(outcome)).not.toContain("canary");
});
