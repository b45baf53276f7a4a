import type { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { Mount } from "../mount/mount.js";
import { recordOf, valuesOf } from "./record-of.js";

const mount = (kind: Mount["kind"]): Mount => ({ path: "m/", kind });
const texts = (value: unknown): object =>
  Object.fromEntries(
    Array.from(value as ReadonlyMap<string, SecretValue>, ([name, each]) => [name, each.text()]),
  );

describe("recordOf", () => {
  it("takes values, version and times of version 2", () => {
    const metadata = { version: 3, created_time: "2026-01-02T03:04:05.678901Z", deletion_time: "" };
    const { value, ...rest } = recordOf(mount("kv2"), {
      status: 200,
      body: { data: { data: { a: "1" }, metadata } },
    });
    expect(texts(value)).toEqual({ a: "1" });
    expect(rest).toEqual({ version: "3", updatedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
  });

  it("takes the lease of an engine that issues", () => {
    const body = { lease_id: "db/creds/r/1", lease_duration: 60, renewable: true, data: { username: "u" } };
    expect(recordOf(mount("engine"), { status: 200, body }).lease).toEqual({
      id: "db/creds/r/1",
      ttlMs: 60_000,
      renewable: true,
    });
  });

  it("takes no lease where there is none", () => {
    const body = { lease_id: "", lease_duration: 2_764_800, renewable: false, data: { a: "1" } };
    expect(recordOf(mount("kv1"), { status: 200, body })).not.toHaveProperty("lease");
  });

  it("takes a chain of certificates as one text, and when they end", () => {
    const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;
    const data = { ca_chain: [pem("a"), pem("b")], names: ["a"], none: [], expiration: 1_795_262_666 };
    const { value, ...rest } = recordOf(mount("pki"), { status: 200, body: { data } });
    expect(texts(value)).toMatchObject({ ca_chain: `${pem("a")}\n${pem("b")}`, names: '["a"]', none: "[]" });
    expect(rest).toEqual({ expiresAt: 1_795_262_666_000 });
  });

  it.each([{}, { data: null }, { data: [] }, { data: { data: null } }])("refuses %j", (body) => {
    expect(() => recordOf(mount("kv2"), { status: 200, body })).toThrow("malformed");
  });
});

it("gives texts as they are, anything else as JSON, and leaves out null", () => {
  const fields = {
    text: " x ",
    empty: "",
    number: 1,
    yes: true,
    list: [1, "a"],
    object: { a: null },
    none: null,
  };
  expect(texts(valuesOf(fields))).toEqual({
    text: " x ",
    empty: "",
    number: "1",
    yes: "true",
    list: '[1,"a"]',
    object: '{"a":null}',
  });
});
