import { createSecretResolver } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vault } from "../src/vault.js";
import { realVault } from "./real-vault.js";
import { scriptedServer } from "./scripted-server.js";
import { contextOf, found, openVault, reveal } from "./support.js";

const server = await realVault();

// The engine is the server's own; only the broker whose users it makes and removes is a script.
describe.runIf(server.available)("leases of a real server", () => {
  const { address, token, api } = server;
  const open = () => openVault({ address }, { VAULT_TOKEN: token });
  const context = contextOf();
  beforeAll(async () => api("POST", "sys/mounts/rabbitmq", { type: "rabbitmq" }));
  afterAll(server.stop);

  const broker = async () => {
    const script = await scriptedServer((_request, response) => void response.writeHead(204).end());
    await api("POST", "rabbitmq/config/connection", {
      connection_uri: script.address,
      username: "u",
      password: "p",
      verify_connection: false,
    });
    await api("POST", "rabbitmq/config/lease", { ttl: 60, max_ttl: 3600 });
    await api("POST", "rabbitmq/roles/app", { tags: "management" });
    return () => script.asked.filter((line) => line.startsWith("DELETE /api/users/")).length;
  };

  it("come with a read, which issues anew each time", async () => {
    await broker();
    const provider = open();
    const [one, other] = [
      await found(provider, "rabbitmq/creds/app"),
      await found(provider, "rabbitmq/creds/app"),
    ];
    expect(one.lease).toMatchObject({
      id: expect.stringMatching(/^rabbitmq\/creds\/app\//),
      ttlMs: 60_000,
      renewable: true,
    });
    expect(other.lease?.id).not.toBe(one.lease?.id);
    expect(Object.keys(await reveal(provider, "rabbitmq/creds/app")).sort()).toEqual([
      "password",
      "username",
    ]);
  });

  it("are renewed", async () => {
    await broker();
    const provider = open();
    const { lease } = await found(provider, "rabbitmq/creds/app");
    const renewed = await provider.renewLease(lease?.id ?? "", context);
    expect(renewed).toMatchObject({ id: lease?.id, ttlMs: 60_000, renewable: true });
    expect(await provider.renewLease("rabbitmq/creds/app/unknown", context)).toMatchObject({
      status: "not-found",
    });
  });

  it("are over once they are revoked, also a second time", async () => {
    const removed = await broker();
    const provider = open();
    const { lease } = await found(provider, "rabbitmq/creds/app");
    expect(await provider.revokeLease(lease?.id ?? "", context)).toEqual({ status: "revoked" });
    expect(removed()).toBe(1);
    expect(await provider.renewLease(lease?.id ?? "", context)).toMatchObject({ status: "not-found" });
    expect(await provider.revokeLease(lease?.id ?? "", context)).toBeDefined();
  });

  it("are revoked by the resolver that took them", async () => {
    const removed = await broker();
    const stores = { prod: vault({ address }) };
    await using secrets = createSecretResolver({ stores, environment: { VAULT_TOKEN: token } });
    await secrets.get("secret://prod/rabbitmq/creds/app#password");
    expect(removed()).toBe(0);
    await secrets[Symbol.asyncDispose]();
    expect(removed()).toBe(1);
  });
});
