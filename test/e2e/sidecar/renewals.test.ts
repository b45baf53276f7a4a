import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import type { Workspace } from "../../support/workspace.js";
import { fileOf, PAIR, pairOf, planOf } from "./files-plan.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld, type VaultWorld } from "./vault-world.js";

const server = await realVault();

/**
 * Reads a pair over and over, as an app that connects would: it is whole each time, and its user is there still. Every
 * pair that was seen.
 */
async function readThroughout(
  workspace: Workspace,
  world: VaultWorld,
  seconds: number,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    // Taken before: between it and the reading a user may go.
    const at = Date.now();
    const text = fileOf(workspace, "pair");
    expect(text).toMatch(PAIR);
    expect(world.removedAt(text.split(":")[0] ?? "") ?? Infinity).toBeGreaterThan(at);
    seen.add(text);
    await sleep(20);
  }
  return seen;
}

describe.runIf(server.available)("leases that sluice sidecar keeps", () => {
  afterAll(server.stop);

  it("renews a 10-second lease for two minutes, takes another before its maximum, and its file is never absent or invalid", async () => {
    const seconds = 120;
    const world = await openVaultWorld(server, { ttl: 10, max_ttl: seconds - 10 });
    using workspace = world.workspace(planOf(pairOf(world.creds)));
    const sidecar = startSidecar(workspace, ["--log-level", "debug"]);
    await sidecar.ready();
    const seen = await readThroughout(workspace, world, seconds);
    const renewed = sidecar.log().filter(({ msg }) => msg === "a lease was renewed");
    expect(renewed.length).toBeGreaterThanOrEqual(seconds / 10 - 1);
    expect(seen.size).toBe(2);
    expect(world.users().made).toBe(2);
    // The one that is held is given back at the end, the other is over.
    expect(await sidecar.stop()).toBe(0);
    expect(world.users()).toEqual({ made: 2, removed: 2 });
    for (const pair of seen) expect(sidecar.said()).not.toContain(pair.split(":")[1]);
  }, 240_000);

  it.each([
    ["is renewed until its maximum", { token_ttl: 15, token_max_ttl: 20 }],
    ["cannot be renewed", { token_ttl: 10, token_max_ttl: 10 }],
  ])(
    "logs in anew before its login ends, which %s, and takes other leases before they end with it",
    async (_, login) => {
      const world = await openVaultWorld(server, { ttl: 600, max_ttl: 3_600 }, login);
      using workspace = world.workspace(planOf(pairOf(world.creds)));
      const sidecar = startSidecar(workspace);
      await sidecar.ready();
      // The first login is over by then.
      const seconds = login.token_max_ttl + 5;
      const seen = await readThroughout(workspace, world, seconds);
      const { made } = world.users();
      expect(seen.size).toBe(made);
      // One a login: of each, two thirds are used at the least.
      expect(made).toBeGreaterThanOrEqual(2);
      expect(made).toBeLessThanOrEqual(Math.ceil(seconds / (login.token_max_ttl * 0.6)));
      expect(await sidecar.stop()).toBe(0);
      expect(world.users().removed).toBe(made);
    },
    240_000,
  );
});
