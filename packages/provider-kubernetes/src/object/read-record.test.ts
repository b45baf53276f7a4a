import { expect, it } from "vitest";
import { readRecord } from "./read-record.js";

const metadata = { name: "a", resourceVersion: "7", uid: "u", creationTimestamp: "2026-01-01T00:00:00Z" };

it("tells version, identity and times", () => {
  const managedFields = [{ time: "2026-01-02T00:00:00Z" }, {}, { time: "2026-01-01T00:00:00Z" }];
  expect(readRecord("Secret", { metadata: { ...metadata, managedFields } })).toEqual({
    value: new Map(),
    version: "7",
    etag: "u",
    createdAt: Date.parse("2026-01-01"),
    updatedAt: Date.parse("2026-01-02"),
  });
});

it("refuses data that is none, without quoting it", () => {
  const object = { metadata, data: { k: { v: "CANARY" } } };
  for (const kind of ["Secret", "ConfigMap"] as const) {
    const record = readRecord(kind, object);
    expect(record).toMatchObject({ status: "invalid", reason: "data" });
    expect(JSON.stringify(record)).not.toContain("CANARY");
  }
});
