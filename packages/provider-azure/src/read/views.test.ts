import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { publicCertificateView, storedCertificateView } from "./certificate-view.js";
import { jsonField } from "./json-field.js";
import { unusable } from "./object-properties.js";
import { parsePemBundle } from "./pem-bundle.js";

const PKCS12 = { contentType: "application/x-pkcs12" };

describe("a certificate kept as PKCS#12", () => {
  const bytes = Uint8Array.of(0x30, 0x82, 0, 255);
  const view = storedCertificateView(Buffer.from(bytes).toString("base64"), PKCS12);

  it("is given as it is, decoded", () => {
    for (const name of ["pfx", "raw"]) {
      const value = view.field(name);
      expect(SecretValue.isInstance(value) && value.bytes()).toEqual(bytes);
    }
  });

  it("is not taken apart", () => {
    for (const name of ["tls.crt", "tls.key"])
      expect(view.field(name)).toMatchObject({ status: "unsupported", reason: "pkcs12" });
  });
});

describe("a certificate that makes no sense", () => {
  const text = "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n";

  it("is invalid, whichever way it is read", () => {
    expect(parsePemBundle(text)).toBeUndefined();
    expect(storedCertificateView(text, {}).field("tls.crt")).toMatchObject({ status: "invalid" });
    expect(storedCertificateView("", {}).field("tls.key")).toMatchObject({ status: "invalid" });
    expect(publicCertificateView(Uint8Array.of(1), {}).whole()).toMatchObject({ status: "invalid" });
  });
});

describe("jsonField", () => {
  it("knows no fields of other texts, nor inherited ones", () => {
    expect(jsonField("canary", undefined, "a")).toMatchObject({ reason: "not-an-object" });
    expect(jsonField('{"a": canary', "application/json", "a")).toMatchObject({ reason: "not-an-object" });
    expect(jsonField("[1]", undefined, "0")).toMatchObject({ reason: "not-an-object" });
    expect(jsonField("{}", undefined, "toString")).toMatchObject({ status: "not-found" });
  });

  it("does not read YAML", () => {
    expect(jsonField("a: 1", "application/x-yaml", "a")).toMatchObject({ status: "unsupported" });
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
