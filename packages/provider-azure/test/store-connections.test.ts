import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it, onTestFinished } from "vitest";
import { startFaultProxy } from "../../../test/servers/faults/fault-proxy.js";
import { createAuthority } from "../../../test/servers/faults/test-authority.js";
import { StoreConnections } from "../src/vault/store-connections.js";

it("keeps connections, drops idle ones where one gives no answer, and closes all", async () => {
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
  const connections = new StoreConnections();
  const client = await connections.open([authority.ca]);
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
