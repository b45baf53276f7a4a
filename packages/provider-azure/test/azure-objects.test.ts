import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type MadeCertificates,
  makeCertificates,
} from "../../../test/servers/azure-stand-in/make-certificates.js";
import { type RunningStandIn, startStandIn } from "../../../test/servers/azure-stand-in/start-stand-in.js";
import { call, contextOf, field, openAzure, read, requestOf, textOf } from "./support.js";

let server: RunningStandIn;
let made: MadeCertificates;
let azure: ReturnType<typeof openAzure>;
beforeAll(async () => {
  server = await startStandIn();
  made = await makeCertificates();
  azure = openAzure(server);
  // An authority first and a key last: the order of a careless import.
  const value = made.leaf + made.authority + made.key;
  await call(server, "POST", "/certificates/web/import", { value });
  const policy = { key_props: { exportable: false } };
  await call(server, "POST", "/certificates/locked/import", { value, policy });
});
afterAll(async () => server.stop());

const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;

describe("a certificate", () => {
  it("is its public half as a whole, read without touching its secret", async () => {
    const before = server.standIn.seen.length;
    const pem = textOf(await read(azure, "certificates/web"));
    expect(fingerprint(pem)).toBe(fingerprint(made.leaf));
    expect(pem).not.toContain("PRIVATE");
    expect(server.standIn.seen.slice(before)).toEqual(["GET /certificates/web/"]);
  });

  it("has its chain, leaf first, and its key, from one read", async () => {
    const before = server.standIn.seen.length;
    const requests = ["tls.crt", "tls.key", "raw"].map((name) =>
      requestOf("certificates/web", { id: name, selector: { kind: "field", name } }),
    );
    const [chain = "", key = "", raw = ""] = (await azure.resolve(requests, contextOf())).map(textOf);
    expect(server.standIn.seen.slice(before)).toEqual(["GET /secrets/web/"]);
    const [leaf = "", authority = ""] = chain.split(/(?<=END CERTIFICATE-----\n)/);
    expect([fingerprint(leaf), fingerprint(authority)]).toEqual([made.leaf, made.authority].map(fingerprint));
    expect(key.trim()).toBe(made.key.trim());
    expect(raw).toBe(made.leaf + made.authority + made.key);
  });

  it("can be read in an earlier version", async () => {
    const { version = "" } = (await read(azure, "certificates/web")) as { version?: string };
    await call(server, "POST", "/certificates/web/import", { value: made.leaf + made.key });
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
    ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, undefined],
    ["rsa-in-hardware", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, "RSA-HSM"],
    ["p-256", generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey, undefined],
    ["p-256k", generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey, "EC-HSM"],
  ])("is its public half: %s", async (name, key, kty) => {
    const pem = key.export({ type: "spki", format: "pem" }).toString();
    await call(server, "PUT", `/keys/${name}`, { pem, kty });
    const text = textOf(await read(azure, `keys/${name}`));
    expect(text).toBe(pem);
    expect(createPublicKey(text).equals(key)).toBe(true);
  });

  it("that is symmetric has none", async () => {
    await call(server, "PUT", "/keys/symmetric", { kty: "oct-HSM" });
    expect(await read(azure, "keys/symmetric")).toMatchObject({ status: "unsupported" });
  });

  it("can be disabled, has no fields, and may be absent", async () => {
    await call(server, "PUT", "/keys/off", { kty: "oct-HSM", attributes: { enabled: false } });
    expect(await read(azure, "keys/off")).toMatchObject({ status: "disabled" });
    expect(await field(azure, "keys/rsa", "n")).toMatchObject({ reason: "field-missing" });
    expect(await read(azure, "keys/absent")).toMatchObject({ status: "not-found" });
  });
});

describe("a listing", () => {
  it("names secrets, certificates and keys, in pages, and goes on where it ended", async () => {
    for (let index = 0; index < 260; index++)
      await call(server, "PUT", `/secrets/many-${index}`, { value: "x" });
    const pages = await Array.fromAsync(azure.list({}, contextOf()));
    const paths = pages.flatMap(({ items }) => items.map(({ path }) => path));
    expect(paths).toEqual(expect.arrayContaining(["certificates/web", "keys/rsa", "web", "many-259"]));
    expect(new Set(paths).size).toBe(paths.length);
    expect(pages.map(({ complete }) => complete)).toEqual([false, true]);
    const { nextPageToken = "" } = pages[0] ?? {};
    const rest = await Array.fromAsync(azure.list({ pageToken: nextPageToken }, contextOf()));
    expect(rest).toEqual(pages.slice(1));
  });

  it("asks only for what its prefix can name", async () => {
    const before = server.standIn.seen.length;
    const pages = await Array.fromAsync(azure.list({ prefix: "keys/p" }, contextOf()));
    expect(pages.flatMap(({ items }) => items.map(({ path }) => path))).toEqual([
      "keys/p-256",
      "keys/p-256k",
    ]);
    expect(new Set(server.standIn.seen.slice(before))).toEqual(new Set(["GET /keys"]));
  });

  it("leaves certificates and keys to the tools of Azure", async () => {
    for (const path of ["certificates/web", "keys/rsa"])
      expect(await azure.delete({ path }, contextOf())).toMatchObject({ status: "unsupported" });
  });
});
