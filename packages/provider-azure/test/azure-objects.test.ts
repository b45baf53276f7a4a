import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import type { ListPage, ListQuery } from "@sluice/core";
import { beforeAll, describe, expect, it } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { registerWeb } from "./applications.js";
import { call } from "./call.js";
import { type MadeCertificates, makeCertificates } from "./make-certificates.js";
import { contextOf, field, openAzure, read, requestOf, textOf } from "./support.js";

const PEM = { secret_props: { contentType: "application/x-pem-file" } };
const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;

await describeOnKeyVault("objects of Azure", (server) => {
  const azure = openAzure(server);
  let made: MadeCertificates;
  beforeAll(async () => {
    await registerWeb(server);
    made = await makeCertificates("rsa");
    // An authority first and a key last: the order of a careless import.
    const value = made.authority + made.leaf + made.key;
    await call(server, "POST", "/certificates/web/import", { value, policy: PEM });
    const policy = { ...PEM, key_props: { exportable: false } };
    await call(server, "POST", "/certificates/locked/import", { value, policy });
  });

  const callsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = (await server.state()).calls.length;
    await work();
    return (await server.state()).calls.slice(before);
  };

  describe("a certificate", () => {
    it("is its public half as a whole, read without touching its secret", async () => {
      const calls = await callsOf(async () => {
        const pem = textOf(await read(azure, "certificates/web"));
        expect(fingerprint(pem)).toBe(fingerprint(made.leaf));
        expect(pem).not.toContain("PRIVATE");
      });
      expect(calls).toEqual(["GET /certificates/web/"]);
    });

    it("has its chain, leaf first, and its key, from one read", async () => {
      const requests = ["tls.crt", "tls.key", "raw"].map((name) =>
        requestOf("certificates/web", { id: name, selector: { kind: "field", name } }),
      );
      let texts: string[] = [];
      const calls = await callsOf(
        async () => (texts = (await azure.resolve(requests, contextOf())).map(textOf)),
      );
      expect(calls).toEqual(["GET /secrets/web/"]);
      const [chain = "", key = "", raw = ""] = texts;
      const [leaf = "", authority = ""] = chain.split(/(?<=END CERTIFICATE-----\n)/);
      expect([fingerprint(leaf), fingerprint(authority)]).toEqual(
        [made.leaf, made.authority].map(fingerprint),
      );
      expect(key.trim()).toBe(made.key.trim());
      expect(raw).toContain(made.authority);
    });

    it("can be read in an earlier version", async () => {
      const { version = "" } = (await read(azure, "certificates/web")) as { version?: string };
      await call(server, "POST", "/certificates/web/import", { value: made.leaf + made.key, policy: PEM });
      const exact = { version: { kind: "exact", version } as const };
      expect(await read(azure, "certificates/web", exact)).toMatchObject({ status: "found", version });
      const selector = { kind: "field", name: "tls.crt" } as const;
      expect(textOf(await read(azure, "certificates/web", { ...exact, selector }))).toContain("CERTIFICATE");
    });

    it("whose key may not leave the vault has none", async () => {
      expect(await field(azure, "certificates/locked", "tls.key")).toMatchObject({
        status: "not-found",
        reason: "key-not-exportable",
      });
      expect(textOf(await field(azure, "certificates/locked", "tls.crt"))).toContain("BEGIN CERTIFICATE");
    });

    it("has no other fields, and may be absent", async () => {
      expect(await field(azure, "certificates/web", "other")).toMatchObject({ reason: "field-missing" });
      expect(await field(azure, "certificates/absent", "tls.key")).toMatchObject({ status: "not-found" });
      expect(await read(azure, "certificates/absent")).toMatchObject({ status: "not-found" });
    });
  });

  describe("a key", () => {
    it.each([
      ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, false],
      ["rsa-in-hardware", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, true],
      ["p-256", generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey, false],
      ["p-256k", generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey, true],
    ])("is its public half: %s", async (name, key, Hsm) => {
      const jwk = key.export({ format: "jwk" });
      if (jwk.crv === "secp256k1") jwk.crv = "P-256K";
      await call(server, "PUT", `/keys/${name}`, { key: jwk, Hsm });
      const text = textOf(await read(azure, `keys/${name}`));
      expect(text).toBe(key.export({ type: "spki", format: "pem" }).toString());
      expect(createPublicKey(text).equals(key)).toBe(true);
    });

    it.each([
      ["made-rsa", { kty: "RSA", key_size: 3072 }, "rsa"],
      ["made-ec", { kty: "EC", crv: "P-521" }, "ec"],
    ])("that the vault made is given: %s", async (name, body, type) => {
      await call(server, "POST", `/keys/${name}/create`, body);
      expect(createPublicKey(textOf(await read(azure, `keys/${name}`))).asymmetricKeyType).toBe(type);
    });

    it("that is symmetric has none", async () => {
      await call(server, "POST", "/keys/symmetric/create", { kty: "oct-HSM" });
      expect(await read(azure, "keys/symmetric")).toMatchObject({ status: "unsupported" });
    });

    it("can be disabled, has no fields, and may be absent", async () => {
      await call(server, "POST", "/keys/off/create", { kty: "EC", attributes: { enabled: false } });
      expect(await read(azure, "keys/off")).toMatchObject({ status: "disabled" });
      expect(await field(azure, "keys/rsa", "n")).toMatchObject({ reason: "field-missing" });
      expect(await read(azure, "keys/absent")).toMatchObject({ status: "not-found" });
    });
  });

  describe("a listing", () => {
    it("names each kind under its own prefix, in the vault's pages, and goes on where one ended", async () => {
      for (let index = 0; index < 30; index++)
        await call(server, "PUT", `/secrets/many-${index}`, { value: "x" });
      const pathsOf = (pages: readonly ListPage[]): string[] =>
        pages.flatMap(({ items }) => items.map(({ path }) => path));
      const list = async (query: ListQuery) => Array.fromAsync(azure.list(query, contextOf()));
      const pages = await list({});
      // A certificate is kept in a secret of its name.
      expect(pathsOf(pages)).toEqual(expect.arrayContaining(["web", "many-29"]));
      expect(pages.map(({ complete }) => complete)).toEqual([false, true]);
      const rest = await list({ pageToken: pages[0]?.nextPageToken ?? "" });
      expect(rest).toEqual(pages.slice(1));
      expect(pathsOf(await list({ prefix: "certificates/" }))).toEqual([
        "certificates/locked",
        "certificates/web",
      ]);
      expect(pathsOf(await list({ prefix: "secrets/many-2" }))).toHaveLength(11);
      expect(await list({ prefix: "elsewhere/" })).toEqual([{ items: [], complete: true }]);
    });

    it("asks only for what its prefix can name", async () => {
      let paths: string[] = [];
      const calls = await callsOf(async () => {
        const pages = await Array.fromAsync(azure.list({ prefix: "keys/p" }, contextOf()));
        paths = pages.flatMap(({ items }) => items.map(({ path }) => path));
      });
      expect(paths).toEqual(["keys/p-256", "keys/p-256k"]);
      expect(calls).toEqual(["GET /keys"]);
    });

    it("shows its credentials to nobody a page token names", async () => {
      for (const pageToken of ["https://attacker.example/?api-version=7.4", "nonsense", ""])
        await expect(Array.fromAsync(azure.list({ pageToken }, contextOf()))).rejects.toMatchObject({
          failure: { status: "invalid", reason: "page-token-invalid" },
        });
    });

    it("leaves certificates and keys to the tools of Azure", async () => {
      for (const path of ["certificates/web", "keys/rsa"])
        expect(await azure.delete({ path }, contextOf())).toMatchObject({ status: "unsupported" });
    });
  });
});
