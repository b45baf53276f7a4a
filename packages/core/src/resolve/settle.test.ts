import { describe, expect, it } from "vitest";
import { createSecretResolver } from "./create-secret-resolver.js";
import { delegated, found, memoryStore, resolverOf, NOT_FOUND } from "./memory-provider.test-support.js";

describe("settle", () => {
  it("gives outcomes and never rejects because of one of them", async () => {
    const record = found("a", { version: "7", expiresAt: 4e12, etag: "e" });
    await using secrets = resolverOf(memoryStore({ db: record }));
    const outcomes = await secrets.settle({ db: "secret://prod/db?version=7", none: "secret://prod/none" });
    expect(outcomes.db).toEqual({
      status: "found",
      reference: "secret://prod/db?version=7",
      store: "prod",
      value: record.value,
      version: "7",
      etag: "e",
      expiresAt: 4e12,
      source: "provider",
    });
    expect(outcomes.none).toEqual({ ...NOT_FOUND, reference: "secret://prod/none", store: "prod" });
  });

  it("says what is wrong with a reference, and reads the others", async () => {
    const stores = { prod: memoryStore({ db: "a" }).definition, dev: memoryStore().definition };
    await using secrets = createSecretResolver<Record<string, typeof stores.prod>>({ stores });
    const outcomes = await secrets.settle({
      db: "secret://prod/db",
      malformed: "secret://prod/d b",
      data: { store: "prod", path: "../db" },
      unknown: "secret://prd/db",
      far: "secret://nowhere/db",
      plain: "hunter2",
    });
    expect(outcomes["db"]).toMatchObject({ status: "found" });
    expect(outcomes["malformed"]).toEqual({
      status: "invalid",
      reason: "malformed-reference",
      message: 'is malformed at character 16: " " is not percent-encoded',
      remedy: "Write special characters percent-encoded, as in %20 or %7D",
      reference: "secret://prod/d",
    });
    expect(outcomes["data"]).toMatchObject({ status: "invalid", reference: "secret://prod/../db" });
    expect(outcomes["unknown"]).toMatchObject({ reason: "unknown-store", remedy: 'Did you mean "prod"?' });
    expect(outcomes["far"]).toMatchObject({ remedy: 'Add it under "stores:"; configured are: prod, dev' });
    expect(outcomes["plain"]).toMatchObject({ reason: "malformed-reference" });
    expect(JSON.stringify(outcomes["plain"])).not.toContain("hunter2");
  });

  it("asks for nothing that the provider cannot do", async () => {
    const store = memoryStore({ db: "a" }, { capabilities: { versions: { exact: false, label: false } } });
    await using secrets = resolverOf(store);
    const outcomes = await secrets.settle(["secret://prod/db?version=1", "secret://prod/db?label=x"]);
    expect(outcomes.map((outcome) => "message" in outcome && outcome.message)).toEqual([
      'needs exact versions, which the provider "memory" does not have',
      'needs labels, which the provider "memory" does not have',
    ]);
    const [onBehalf] = await secrets.settle(["secret://prod/db"], { identity: delegated("web") });
    expect(onBehalf).toMatchObject({
      status: "unsupported",
      message: expect.stringContaining("log in as subject-web") as string,
    });
    expect(store.created).toBe(0);
  });

  it("hands the provider what was asked for", async () => {
    const store = memoryStore({ db: "a" }, { capabilities: { delegation: true } });
    await using secrets = resolverOf(store);
    const identity = delegated("web");
    const before = Date.now();
    await secrets.settle(
      [
        "secret://prod/db",
        "secret://prod/db?version=1#x",
        "secret://prod/db?label=l",
        "secret://prod/v?volatile=true",
      ],
      { identity, traceparent: "00-1-2-01", timeoutMs: 1000 },
    );
    expect(store.calls).toHaveLength(1);
    const [{ requests, context }] = store.calls as [(typeof store.calls)[number]];
    const whole = { id: "", selector: { kind: "whole" }, volatile: false };
    expect(requests.map((request) => ({ ...request, id: "" }))).toEqual([
      { path: "db", version: { kind: "latest" }, ...whole },
      { path: "db", version: { kind: "exact", version: "1" }, ...whole },
      { path: "db", version: { kind: "label", label: "l" }, ...whole },
      { path: "v", version: { kind: "latest" }, ...whole, volatile: true },
    ]);
    expect(new Set(requests.map(({ id }) => id)).size).toBe(4);
    expect(context.identity).toBe(identity);
    expect(context.trace).toEqual({ id: expect.any(String) as string, traceparent: "00-1-2-01" });
    expect(context.deadline - before).toBeGreaterThanOrEqual(1000);
    expect(context.deadline).toBeLessThanOrEqual(Date.now() + 1000);
  });
});
