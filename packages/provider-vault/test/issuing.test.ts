import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecretResolver, formatReference, type SecretOutcome } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vault } from "../src/vault.js";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { contextOf, openVault, readAll } from "./support.js";

const server = await realVault();

describe.runIf(server.available)("engines of a real server that issue what they are asked for", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const open = (as = token, at = address) => openVault({ address: at }, { VAULT_TOKEN: as });
  const issue = async (provider: ReturnType<typeof open>, path: string): Promise<SecretOutcome> => {
    const [outcome] = await readAll(provider, [path], { volatile: true });
    if (outcome === undefined) throw new Error("no outcome");
    return outcome;
  };
  let pki = "";
  beforeAll(async () => {
    // An authority below another, so that there is a chain.
    const root = await server.mount("pki");
    pki = await server.mount("pki");
    await api("POST", `${root}/root/generate/internal`, { common_name: "root", ttl: "48h" });
    const { csr } = dataOf(
      await api("POST", `${pki}/intermediate/generate/internal`, { common_name: "intermediate" }),
    );
    const { certificate } = dataOf(
      await api("POST", `${root}/root/sign-intermediate`, { csr, common_name: "intermediate" }),
    );
    const authority = dataOf(await api("GET", `${root}/cert/ca`))["certificate"];
    await api("POST", `${pki}/intermediate/set-signed`, {
      certificate: `${String(certificate)}\n${String(authority)}`,
    });
    await api("POST", `${pki}/roles/web`, { allow_any_name: true, max_ttl: "2h", generate_lease: true });
    await api("POST", `${pki}/roles/unleased`, { allow_any_name: true, max_ttl: "2h" });
  });

  it("issue a certificate, its key and its chain with one read", async () => {
    const proxy = await recordingProxy(address);
    const stores = { prod: vault({ address: proxy.address }) };
    await using secrets = createSecretResolver({ stores, environment: { VAULT_TOKEN: token } });
    const of = (key: string) => {
      const path = `${pki}/issue/web?common_name=app.test&ttl=1h`;
      return formatReference({ store: "prod", path, key, volatile: true }) as "secret://prod/path";
    };
    const all = async () =>
      secrets.getAll({ cert: of("certificate"), key: of("private_key"), chain: of("ca_chain") });
    const { cert, key, chain } = await all();
    const certificate = new X509Certificate(cert.text());
    expect(certificate.subject).toBe("CN=app.test");
    expect(certificate.checkPrivateKey(createPrivateKey(key.text()))).toBe(true);
    const [above, top] = chain
      .text()
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem));
    if (above === undefined || top === undefined) throw new Error("no chain of two");
    expect(certificate.verify(above.publicKey)).toBe(true);
    expect(above.verify(top.publicKey)).toBe(true);
    const issued = () => proxy.asked.filter((line) => line.startsWith("POST"));
    expect(issued()).toEqual([`POST /v1/${pki}/issue/web`]);
    // Nothing of it is kept: another is issued.
    expect(new X509Certificate((await all()).cert.text()).serialNumber).not.toBe(certificate.serialNumber);
    expect(issued()).toHaveLength(2);
  });

  it("say when a certificate ends, with a lease or without, and let the lease be revoked", async () => {
    const provider = open();
    const leased = await issue(provider, `${pki}/issue/web?common_name=a.test&ttl=1h`);
    if (leased.status !== "found") throw new Error(leased.reason);
    const { lease, expiresAt = 0, value } = leased;
    const ends = new X509Certificate(
      (value as ReadonlyMap<string, { text(): string }>).get("certificate")?.text() ?? "",
    );
    expect(expiresAt).toBe(Date.parse(ends.validTo));
    expect(lease).toMatchObject({ id: expect.stringContaining(`${pki}/issue/web/`), renewable: false });
    expect(Math.abs((lease?.ttlMs ?? 0) - 3_600_000)).toBeLessThan(60_000);
    expect(await provider.revokeLease(lease?.id ?? "", contextOf())).toEqual({ status: "revoked" });
    const { revocation_time: revoked } = dataOf(await api("GET", `${pki}/cert/${serialOf(ends)}`));
    expect(revoked).toBeGreaterThan(0);
    const unleased = await issue(provider, `${pki}/issue/unleased?common_name=a.test`);
    expect(unleased).not.toHaveProperty("lease");
    expect(unleased).toHaveProperty("expiresAt");
  });

  it("are handed a JSON object as well", async () => {
    const body = {
      common_name: "json.test",
      alt_names: "a.test,b.test",
      ttl: 1800,
      exclude_cn_from_sans: true,
    };
    const outcome = await issue(open(), `${pki}/issue/web?${JSON.stringify(body)}`);
    if (outcome.status !== "found") throw new Error(outcome.reason);
    const text = (outcome.value as ReadonlyMap<string, { text(): string }>).get("certificate")?.text() ?? "";
    expect(new X509Certificate(text).subjectAltName).toBe("DNS:a.test, DNS:b.test");
  });

  it("are not asked unless the reference says that it issues", async () => {
    const proxy = await recordingProxy(address);
    const [outcome] = await readAll(open(token, proxy.address), [`${pki}/issue/web?common_name=a.test`]);
    expect(outcome).toMatchObject({ status: "invalid", reason: "not-volatile" });
    expect(proxy.asked.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  it("answer for what makes no sense, what they are not for, and what is refused", async () => {
    const [transit, ssh] = [await server.mount("transit"), await server.mount("ssh")];
    const provider = open();
    const failing = async (path: string, as = provider) => issue(as, path);
    expect(await failing(`${pki}/issue/web?common_name`)).toMatchObject({
      status: "invalid",
      reason: "bad-path",
    });
    expect(await failing(`${pki}/issue/web?`)).toMatchObject({ status: "invalid", reason: "http-400" });
    expect(await failing(`${pki}/issue/web`)).toMatchObject({ reason: "unsupported-operation" });
    expect(await failing(`${pki}/?a=1`)).toMatchObject({ reason: "bad-path" });
    expect(await failing(`${transit}/keys/app/config?deletion_allowed=true`)).toMatchObject({
      status: "invalid",
    });
    expect(await failing(`${ssh}/roles/app?key_type=ca&allow_user_certificates=true`)).toMatchObject({
      reason: "nothing-issued",
    });
    const reader = await server.tokenWith(`path "${pki}/issue/other" { capabilities = ["update"] }`);
    expect(await failing(`${pki}/issue/web?common_name=a.test`, open(reader))).toMatchObject({
      status: "denied",
    });
  });
});

function dataOf(answer: Record<string, unknown>): Record<string, unknown> {
  return answer["data"] as Record<string, unknown>;
}

function serialOf({ serialNumber }: X509Certificate): string {
  return (serialNumber.match(/../g) ?? []).join(":").toLowerCase();
}
