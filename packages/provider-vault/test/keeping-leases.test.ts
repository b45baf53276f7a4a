import { createEventBus, createSecretResolver } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { vault } from "../src/vault.js";
import { realVault } from "./real-vault.js";
import { scriptedServer } from "./scripted-server.js";

const server = await realVault();

// The engine is the server's own; only the broker whose users it makes and removes is a script.
describe.runIf(server.available)("a resolver that keeps leases of a real server", () => {
  const { address, token, api } = server;
  const PATH = "keeping/creds/app";
  beforeAll(async () => api("POST", "sys/mounts/keeping", { type: "rabbitmq" }));
  afterAll(server.stop);

  /** Starts the broker; gives how many users it was asked to make. */
  const broker = async (): Promise<() => number> => {
    const script = await scriptedServer((_request, response) => void response.writeHead(204).end());
    await api("POST", "keeping/config/connection", {
      connection_uri: script.address,
      username: "u",
      password: "p",
      verify_connection: false,
    });
    await api("POST", "keeping/config/lease", { ttl: 6, max_ttl: 12 });
    await api("POST", "keeping/roles/app", { tags: "management" });
    return () => script.asked.filter((line) => /^PUT \/api\/users\/[^/]+$/.test(line)).length;
  };

  it("renews to the maximum, and a watch yields the next pair before the first is over", async () => {
    const users = await broker();
    const events = createEventBus();
    const told: string[] = [];
    const firstEnd = Promise.withResolvers<number>();
    const note = (name: string) => (): void => void told.push(name);
    using _renewed = events.on("lease-renewed", note("renewed"));
    using _lost = events.on("lease-lost", note("lost"));
    using _expiring = events.on("lease-expiring", ({ endsAt }) => {
      told.push("expiring");
      firstEnd.resolve(endsAt);
    });
    await using resolver = createSecretResolver({
      stores: { bao: vault({ address }) },
      environment: { VAULT_TOKEN: token },
      leases: { renew: true },
      events,
    });
    const user = `secret://bao/${PATH}?volatile=true#username` as const;
    const first = (await resolver.get(user)).text();
    const changes = resolver.watch([user], { pollIntervalMs: 500 })[Symbol.asyncIterator]();
    const { value: change } = await changes.next();
    expect(Date.now()).toBeLessThan(await firstEnd.promise);
    expect(change).toMatchObject({ kind: "changed" });
    expect(change?.value?.text()).not.toBe(first);
    // The watch followed the lease that the caller took, and issued none by looking from time to time.
    expect(users()).toBe(2);
    expect(told.filter((name) => name === "renewed").length).toBeGreaterThan(0);
    await changes.return?.();
  });

  it("takes over what another left alive, and tells when the server ended it", async () => {
    await broker();
    const stores = { bao: vault({ address }) };
    const environment = { VAULT_TOKEN: token };
    const init = createSecretResolver({ stores, environment, leases: { revoke: false } });
    await init.get(`secret://bao/${PATH}?volatile=true#username`);
    const held = init.leases.held();
    await init[Symbol.asyncDispose]();

    const events = createEventBus();
    const told: string[] = [];
    using _renewed = events.on("lease-renewed", ({ leaseId }) => told.push(`renewed ${leaseId}`));
    using _lost = events.on("lease-lost", ({ leaseId, reason }) => told.push(`lost ${leaseId}: ${reason}`));
    await using sidecar = createSecretResolver({ stores, environment, events });
    for (const lease of held) sidecar.leases.adopt(lease);
    const id = held[0]?.id ?? "";
    await vi.waitFor(() => expect(told).toEqual([`renewed ${id}`]), 15_000);
    await api("PUT", "sys/leases/revoke", { lease_id: id, sync: true });
    await vi.waitFor(() => expect(told).toContain(`lost ${id}: not-found`), 15_000);
  });
});
