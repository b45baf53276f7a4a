import { X509Certificate } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realVault } from "./real-vault.js";
import { contextOf, failure, openVault, reveal, tempFile } from "./support.js";

const server = await realVault({ tls: true });

interface ClientCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

describe.runIf(server.available)("logging in to a real server with a client certificate", () => {
  afterAll(server.stop);
  const { address, caCert, api } = server;
  beforeAll(async () => {
    await api("POST", "secret/data/cert", { data: { a: "1" } });
    await api("PUT", "sys/policies/acl/reader", {
      policy: 'path "secret/data/cert" { capabilities = ["read"] }',
    });
    await api("POST", "sys/auth/cert", { type: "cert" });
    const trusted = await authority();
    await api("POST", "auth/cert/certs/app", {
      certificate: trusted.certificate,
      allowed_common_names: ["app.test"],
      token_policies: ["reader"],
    });
    issue = trusted.issue;
  });
  let issue: (name: string) => Promise<ClientCertificate>;

  const authority = async () => {
    const pki = await server.mount("pki");
    const made = await api("POST", `${pki}/root/generate/internal`, {
      common_name: pki.slice(0, 60),
      ttl: "48h",
    });
    await api("POST", `${pki}/roles/client`, { allow_any_name: true, server_flag: false, max_ttl: "1h" });
    return {
      certificate: (made["data"] as { certificate: string }).certificate,
      issue: async (name: string): Promise<ClientCertificate> => {
        const { data } = await api("POST", `${pki}/issue/client`, { common_name: name });
        const { certificate, private_key: key } = data as Record<string, string>;
        return { certFile: await tempFile(certificate ?? ""), keyFile: await tempFile(key ?? "") };
      },
    };
  };
  const open = (cert: ClientCertificate & { role?: string }) =>
    openVault({ address, caCert, auth: { cert } });

  it("is let in by its authority and name, with a role or without", async () => {
    const files = await issue("app.test");
    expect(await reveal(open(files), "secret/cert")).toEqual({ a: "1" });
    const provider = open({ ...files, role: "app" });
    expect(await reveal(provider, "secret/cert")).toEqual({ a: "1" });
    expect(await failure(provider, "secret/other")).toMatchObject({
      status: "denied",
      reason: "permission-denied",
    });
    const { findings } = await provider.check(contextOf());
    expect(findings.map(({ status }) => status)).toEqual(["ok", "ok"]);
  });

  it("is not let in with another name, role or authority, nor without a key", async () => {
    const refused = { status: "denied", reason: "login-refused" };
    expect(await failure(open(await issue("other.test")), "secret/cert")).toMatchObject(refused);
    const files = await issue("app.test");
    expect(await failure(open({ ...files, role: "none" }), "secret/cert")).toMatchObject(refused);
    const stranger = await authority();
    expect(await failure(open(await stranger.issue("app.test")), "secret/cert")).toMatchObject(refused);
    expect(await failure(open({ ...files, keyFile: "/none/key.pem" }), "secret/cert")).toMatchObject({
      status: "invalid",
      reason: "ENOENT",
    });
  });

  it("takes the next certificate when its files are rotated", async () => {
    const [files, next] = [await issue("app.test"), await issue("app.test")];
    const provider = open(files);
    expect(await reveal(provider, "secret/cert")).toEqual({ a: "1" });
    const serials = async () => {
      const keys = (await api("LIST", "auth/token/accessors"))["data"] as { keys: string[] };
      const looked = await Promise.all(
        keys.keys.map(async (accessor) => api("POST", "auth/token/lookup-accessor", { accessor })),
      );
      return looked.map(({ data }) => (data as { meta?: { serial_number?: string } }).meta?.serial_number);
    };
    const before = new Set(await serials());
    await copyFile(next.certFile, files.certFile);
    await copyFile(next.keyFile, files.keyFile);
    await api("PUT", "sys/leases/revoke-prefix/auth/cert/login");
    expect(await reveal(provider, "secret/cert")).toEqual({ a: "1" });
    const serial = (await serials()).find((each) => each !== undefined && !before.has(each));
    const { serialNumber } = new X509Certificate(await readFile(next.certFile));
    expect(BigInt(serial ?? 0)).toBe(BigInt(`0x${serialNumber}`));
  });

  it("says what is wrong with a certificate or a key that cannot be used, without quoting it", async () => {
    const [files, other] = [await issue("app.test"), await issue("app.test")];
    for (const keyFile of [other.keyFile, await tempFile("canary-no-pem")]) {
      const outcome = await failure(open({ ...files, keyFile }), "secret/cert");
      expect(outcome).toMatchObject({ status: "invalid", reason: "bad-client-certificate" });
      expect(JSON.stringify(outcome)).not.toContain("canary");
    }
  });
});
