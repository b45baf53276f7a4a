import { createPrivateKey, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { readPkcs12 } from "../src/read/read-pkcs12.js";
import { registerWeb } from "./applications.js";
import { call } from "./call.js";
import { makeCertificates } from "./make-certificates.js";
import { contextOf, openAzure, requestOf, textOf } from "./support.js";

const fingerprints = (pem: string): string[] =>
  pem
    .split(/(?<=END CERTIFICATE-----\n)/)
    .filter((block) => block !== "")
    .map((block) => new X509Certificate(block).fingerprint256);

const OLD = "PBE-SHA1-3DES";
const RC2 = ["-legacy", "-keypbe", OLD, "-certpbe", "PBE-SHA1-RC2-40", "-macalg", "sha1"];

describe.each(["rsa", "ec"] as const)("PKCS#12 with a key of type %s", async (kind) => {
  const made = await makeCertificates(kind);

  it.each<[string, readonly string[]]>([
    ["AES and SHA-256", []],
    ["AES and SHA-512", ["-macalg", "sha512"]],
    ["triple DES and SHA-1, as Windows writes it", ["-keypbe", OLD, "-certpbe", OLD, "-macalg", "sha1"]],
    ["RC2 for the certificates", RC2],
    ["nothing to protect the certificates", ["-certpbe", "NONE"]],
    ["nothing to protect anything", ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"]],
  ])("is taken apart: %s", async (_, options) => {
    const bundle = await readPkcs12(await made.pkcs12("", ...options));
    expect(fingerprints(bundle?.certificates ?? "")).toEqual(fingerprints(made.leaf + made.authority));
    const key = createPrivateKey(bundle?.privateKey ?? "");
    expect(key.equals(createPrivateKey(made.key))).toBe(true);
    expect(bundle?.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it("with a password is not", async () => {
    expect(await readPkcs12(await made.pkcs12("a password"))).toBeUndefined();
  });
});

await describeOnKeyVault("a certificate kept as PKCS#12", (server) => {
  const azure = openAzure(server);
  beforeAll(async () => registerWeb(server));

  it.each(["rsa", "ec"] as const)("gives its chain, its key and itself from one read: %s", async (kind) => {
    const made = await makeCertificates(kind);
    const value = (await made.pkcs12("brought in")).toString("base64");
    const { status } = await call(server, "POST", `/certificates/${kind}/import`, {
      value,
      pwd: "brought in",
    });
    expect(status).toBe(200);
    const before = (await server.state()).calls.length;
    const requests = ["tls.crt", "tls.key"].map((name) =>
      requestOf(`certificates/${kind}`, { id: name, selector: { kind: "field", name } }),
    );
    const [chain = "", key = ""] = (await azure.resolve(requests, contextOf())).map(textOf);
    expect((await server.state()).calls.slice(before)).toEqual([`GET /secrets/${kind}/`]);
    expect(fingerprints(chain)).toEqual(fingerprints(made.leaf + made.authority));
    expect(createPrivateKey(key).equals(createPrivateKey(made.key))).toBe(true);
  });

  it("whose key may not leave the vault has none", async () => {
    const { leaf, authority, key } = await makeCertificates("rsa");
    const policy = { key_props: { exportable: false } };
    await call(server, "POST", "/certificates/locked/import", { value: leaf + authority + key, policy });
    const requests = ["tls.crt", "tls.key"].map((name) =>
      requestOf("certificates/locked", { id: name, selector: { kind: "field", name } }),
    );
    const [chain, locked] = await azure.resolve(requests, contextOf());
    expect(chain && fingerprints(textOf(chain))).toEqual(fingerprints(leaf + authority));
    expect(locked).toMatchObject({ status: "not-found", reason: "key-not-exportable" });
  });
});
