import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { startTcpProxy } from "../../servers/faults/tcp-proxy.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { fileOf, PAIR, pairOf, planOf, raw } from "./files-plan.js";
import { medianOf } from "./median.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld } from "./vault-world.js";

const OUTAGE_MS = 60_000;
const server = await realVault();

/** How long after the return of a sidecar's server everything was up to date, in milliseconds. */
async function recoveryOf(name: string): Promise<number> {
  const world = await openVaultWorld(server, { ttl: 4, max_ttl: 600 });
  await server.api("POST", `secret/data/${name}`, { data: { a: "before" } });
  const proxy = await startTcpProxy(Number(new URL(server.address).port));
  onTestFinished(async () => proxy[Symbol.asyncDispose]());
  const files = planOf(raw("a", `secret://bao/secret/${name}#a`), pairOf(world.creds));
  using workspace = world.workspace(files, `http://127.0.0.1:${proxy.port}`);
  const sidecar = startSidecar(workspace, ["--refresh", "2s"]);
  await sidecar.ready();
  const seen = () => ({ a: fileOf(workspace, "a"), pair: fileOf(workspace, "pair") });
  const before = seen();
  proxy.admit = () => "reset";
  proxy.closeAll();
  const end = Date.now() + OUTAGE_MS;
  await waitUntil("the lease is lost", () => sidecar.log().some(({ msg }) => msg === "a lease is over"));
  await server.api("POST", `secret/data/${name}`, { data: { a: "after" } });
  while (Date.now() < end) {
    expect(seen()).toEqual(before);
    await sleep(500);
  }
  proxy.admit = () => "pass";
  const backAt = Date.now();
  await waitUntil("all is up to date", () => seen().a === "after" && seen().pair !== before.pair);
  const took = Date.now() - backAt;
  expect(seen().pair).toMatch(PAIR);
  expect(await sidecar.stop()).toBe(0);
  return took;
}

describe.runIf(server.available)("sluice sidecar without its server", () => {
  afterAll(server.stop);

  it("keeps the last good files for a minute, and is up to date within five seconds of its return", async () => {
    const took = await Promise.all(["first", "second", "third"].map(recoveryOf));
    expect(medianOf(took)).toBeLessThanOrEqual(5_000);
  }, 300_000);
});
