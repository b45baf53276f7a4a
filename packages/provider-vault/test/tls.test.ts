import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { realVault } from "./real-vault.js";
import { failure, openVault, reveal, tempFile } from "./support.js";

const server = await realVault();

// A script that speaks TLS; the real server is here for its certificate authority.
describe.runIf(server.available)("TLS", () => {
  const { api } = server;
  const environment = { VAULT_TOKEN: "t" };
  let authority = "";
  beforeAll(async () => {
    await api("POST", "sys/mounts/pki", { type: "pki" });
    const { data } = await api("POST", "pki/root/generate/internal", { common_name: "test", ttl: "24h" });
    authority = (data as { certificate: string }).certificate;
    await api("POST", "pki/roles/server", { allow_any_name: true, ttl: "1h" });
  });
  afterAll(server.stop);

  const listen = async (name: string): Promise<string> => {
    const { data } = await api("POST", "pki/issue/server", { common_name: name });
    const { certificate: cert, private_key: key } = data as { certificate: string; private_key: string };
    const secured = createServer({ cert, key }, (request, response) => {
      const mounts = request.url?.includes("/sys/internal/ui/mounts/") === true;
      response.end(JSON.stringify({ data: mounts ? { path: "old/", type: "kv" } : { a: "1" } }));
    }).listen(0, "127.0.0.1");
    onTestFinished(async () => {
      secured.closeAllConnections();
      secured.close();
      await once(secured, "close");
    });
    await once(secured, "listening");
    return `https://127.0.0.1:${(secured.address() as AddressInfo).port}`;
  };

  it("trusts the given authority, as text or from a file", async () => {
    const address = await listen("vault.test");
    for (const caCert of [authority, await tempFile(authority)])
      expect(
        await reveal(openVault({ address, caCert, tlsServerName: "vault.test" }, environment), "old/a"),
      ).toEqual({ a: "1" });
  });

  it("trusts nobody else, whatever the environment says", async () => {
    const address = await listen("vault.test");
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    process.env["VAULT_SKIP_VERIFY"] = "1";
    onTestFinished(() => {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      delete process.env["VAULT_SKIP_VERIFY"];
    });
    const untrusted = await failure(
      openVault({ address, tlsServerName: "vault.test" }, environment),
      "old/a",
    );
    expect(untrusted).toMatchObject({ status: "unavailable", remedy: expect.stringContaining("caCert") });
  });

  it("insists on the server's name", async () => {
    const address = await listen("other.test");
    const options = { address, caCert: authority, tlsServerName: "vault.test" };
    expect(await failure(openVault(options, environment), "old/a")).toMatchObject({
      reason: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("trusts anybody if the operator says so", async () => {
    const address = await listen("vault.test");
    expect(await reveal(openVault({ address, tlsSkipVerify: true }, environment), "old/a")).toEqual({
      a: "1",
    });
  });
});

describe("certificates", () => {
  it("are told from a server that does not answer", async () => {
    const caCert = await tempFile("no PEM");
    const provider = openVault({ address: "https://127.0.0.1:1", caCert }, { VAULT_TOKEN: "t" });
    expect(await failure(provider, "old/a")).toMatchObject({
      status: "invalid",
      reason: "bad-ca-certificate",
    });
  });

  it("are missed with a reason", async () => {
    const provider = openVault(
      { address: "https://127.0.0.1:1", caCert: "/none/ca.pem" },
      { VAULT_TOKEN: "t" },
    );
    expect(await failure(provider, "old/a")).toMatchObject({ status: "invalid", reason: "ENOENT" });
  });
});
