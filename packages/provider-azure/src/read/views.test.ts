import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { publicCertificateView, storedCertificateView } from "./certificate-view.js";
import { multiValueField } from "./multi-value-field.js";
import { unusable } from "./object-properties.js";
import { readPem } from "./read-pem.js";
import { readPkcs12 } from "./read-pkcs12.js";

const textOf = (value: unknown): string => {
  if (!SecretValue.isInstance(value)) throw new Error(JSON.stringify(value));
  return value.text();
};

describe("a certificate that makes no sense", () => {
  const text = "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n";
  const pkcs12 = { contentType: "application/x-pkcs12" };

  it("is invalid, whichever way it is read", async () => {
    expect(readPem(text)).toBeUndefined();
    expect(await readPkcs12(Uint8Array.of(0x30, 0x82, 0, 255))).toBeUndefined();
    const invalid = { status: "invalid", reason: "certificate-malformed" };
    expect(await storedCertificateView(text, {}).field("tls.crt")).toMatchObject(invalid);
    expect(await storedCertificateView("", {}).field("tls.key")).toMatchObject(invalid);
    expect(await storedCertificateView("canary", pkcs12).field("tls.key")).toMatchObject(invalid);
    expect(publicCertificateView(Uint8Array.of(1), {}).whole()).toMatchObject(invalid);
  });

  it("is still given as it is", async () => {
    const bytes = Buffer.from([0x30, 0x82, 0, 255]);
    for (const name of ["pfx", "raw"]) {
      const value = await storedCertificateView(bytes.toString("base64"), pkcs12).field(name);
      expect(SecretValue.isInstance(value) && Buffer.from(value.bytes())).toEqual(bytes);
    }
  });
});

describe("fields of JSON", () => {
  const json = async (text: string, name: string) => multiValueField(text, "application/json", name);

  it("are texts, or JSON with numbers as they are written", async () => {
    const text = '{"user":"u","port":18446744073709551615,"deep":{"a":[1.10]},"yes":true}';
    expect(textOf(await json(text, "user"))).toBe("u");
    expect(textOf(await json(text, "port"))).toBe("18446744073709551615");
    expect(textOf(await json(text, "deep"))).toBe('{"a":[1.10]}');
    expect(textOf(await json(text, "yes"))).toBe("true");
  });

  it("are not those of other texts, nor inherited", async () => {
    for (const text of ["canary", '{"a": canary', "[1]"])
      expect(await json(text, "0")).toMatchObject({ status: "invalid", reason: "not-an-object" });
    expect(await json("{}", "toString")).toMatchObject({ status: "not-found" });
    expect(await json('{"a":null}', "a")).toMatchObject({ reason: "field-null" });
  });
});

describe("fields of YAML", () => {
  const yaml = async (text: string, name: string) => multiValueField(text, "application/x-yaml", name);
  const text = [
    "user: &u us er",
    "quoted: 'it''s'",
    "port: 18446744073709551615",
    "octal: 0o17",
    "yes: true",
    "lines: |",
    "  one",
    "  two",
    "deep: {a: [1.10, text, null]}",
    "again: *u",
    "none: ~",
    "8080: number",
  ].join("\n");

  it.each([
    ["user", "us er"],
    ["quoted", "it's"],
    ["port", "18446744073709551615"],
    ["octal", "0o17"],
    ["yes", "true"],
    ["lines", "one\ntwo\n"],
    ["deep", '{"a":[1.10,"text",null]}'],
    ["again", "us er"],
    ["8080", "number"],
  ])("are texts as they are written, or JSON: %s", async (name, expected) => {
    expect(textOf(await yaml(text, name))).toBe(expected);
  });

  it("are not those of other texts, nor inherited", async () => {
    for (const bad of ["canary", "- canary", "a: [canary", "a: 1\na: 2", "a: 1\n---\nb: 2", "a: *canary"])
      expect(await yaml(bad, "a")).toMatchObject({ status: "invalid", reason: "not-an-object" });
    expect(await yaml(text, "none")).toMatchObject({ reason: "field-null" });
    expect(await yaml(text, "toString")).toMatchObject({ status: "not-found" });
  });

  it("do not grow beyond all bounds", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
    for (let index = 98; index < 106; index++) {
      const [before, name] = [String.fromCharCode(index - 1), String.fromCharCode(index)];
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(",")}]`);
    }
    expect(await yaml(bomb.join("\n"), "i")).toMatchObject({ status: "invalid" });
  });
});

it("tells what must not be used", () => {
  const at = (iso: string): Date => new Date(iso);
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(unusable({ enabled: true, expiresOn: at("2026-01-02T00:00:00Z") }, now)).toBeUndefined();
  expect(unusable({ notBefore: at("2025-01-01T00:00:00Z") }, now)).toBeUndefined();
  expect(unusable({ enabled: false }, now)).toMatchObject({ status: "disabled", reason: "disabled" });
  expect(unusable({ expiresOn: at("2026-01-01T00:00:00Z") }, now)).toMatchObject({ status: "expired" });
  expect(unusable({ notBefore: at("2026-01-02T00:00:00Z") }, now)).toMatchObject({ reason: "not-yet-valid" });
});
