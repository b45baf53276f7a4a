import { afterAll, describe, expect, it } from "vitest";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { realVault } from "./real-vault.js";
import { contextOf, openVault, read, reveal } from "./support.js";
import { tcpGate } from "./tcp-gate.js";

const server = await realVault();

describe.runIf(server.available)("connections to a real server", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const open = async () => {
    await api("POST", "secret/data/connections", { data: { a: "1" } });
    const gate = await tcpGate(address);
    return { gate, provider: openVault({ address: gate.address }, { VAULT_TOKEN: token }) };
  };

  it("are used again, and closed in the end", async () => {
    const { gate, provider } = await open();
    for (let at = 0; at < 20; at += 1) await reveal(provider, "secret/connections");
    expect(gate.connections().made).toBe(1);
    await provider[Symbol.asyncDispose]();
    await waitUntil("it is closed", () => gate.connections().open === 0, { intervalMs: 5 });
  });

  it("are closed when a call is cancelled, which harms no later one", async () => {
    const { gate, provider } = await open();
    await reveal(provider, "secret/connections");
    gate.hold(true);
    const { received } = gate.connections();
    const controller = new AbortController();
    const reading = read(provider, "secret/connections", contextOf({ signal: controller.signal }));
    await waitUntil("it is asked", () => gate.connections().received > received, { intervalMs: 5 });
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await waitUntil("its socket is closed", () => gate.connections().open === 0, { intervalMs: 5 });
    gate.hold(false);
    expect(await reveal(provider, "secret/connections")).toEqual({ a: "1" });
    expect(gate.connections().made).toBe(2);
  });
});
