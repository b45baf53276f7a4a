import { Counter, Registry } from "prom-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeServer } from "./close-server.js";
import { listen } from "./listen.js";
import { createManagementServer } from "./management-server.js";

const registry = new Registry();
let problem: string | undefined;
let address: string;
const server = createManagementServer({ registry, notReady: () => problem });

beforeAll(async () => {
  new Counter({ name: "counted", help: "What was counted", registers: [registry] }).inc();
  address = await listen(server, { host: "127.0.0.1", port: 0 });
});
afterAll(async () => closeServer(server, 100));

async function get(path: string, method = "GET"): Promise<readonly [number, string]> {
  const answer = await fetch(`http://${address}${path}`, { method });
  return [answer.status, await answer.text()];
}

it("tells whether it lives, whether it is ready, and what it has counted", async () => {
  expect(await get("/healthz")).toEqual([200, "ok\n"]);
  expect(await get("/readyz")).toEqual([200, "ok\n"]);
  problem = "Not yet";
  expect(await get("/readyz")).toEqual([503, "Not yet\n"]);
  expect((await get("/metrics"))[1]).toContain("counted 1");
  expect((await get("/"))[0]).toBe(404);
  expect((await get("/healthz", "POST"))[0]).toBe(405);
});

it("says where nobody can listen", async () => {
  const port = Number(address.split(":")[1]);
  const other = createManagementServer({ registry, notReady: () => undefined });
  await expect(listen(other, { host: "127.0.0.1", port })).rejects.toMatchObject({ code: "SLU1103" });
});
