import { describe, expect, it } from "vitest";
import { ResolutionError } from "../errors/resolution-error.js";
import { SluiceError } from "../errors/sluice-error.js";
import type { ProviderDependencies } from "../provider/define-provider.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import {
  DENIED,
  delegated,
  found,
  memoryStore,
  NOT_FOUND,
  recordingBus,
  resolverOf,
} from "./memory-provider.test-support.js";

async function rejectionOf(promise: Promise<unknown>): Promise<ResolutionError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ResolutionError.isInstance(thrown)) throw new Error("It was no ResolutionError", { cause: thrown });
  return thrown;
}

describe("getAll", () => {
  it("gives values by name", async () => {
    await using secrets = resolverOf(memoryStore({ db: "a", key: "b" }));
    const values = await secrets.getAll({ db: "secret://prod/db", key: { store: "prod", path: "key" } });
    expect(Object.keys(values)).toEqual(["db", "key"]);
    expect([values.db.text(), values.key.text()]).toEqual(["a", "b"]);
  });

  it("gives values in order", async () => {
    await using secrets = resolverOf(memoryStore({ db: "a", key: "b" }));
    const [key, db, again] = await secrets.getAll([
      "secret://prod/key",
      "secret://prod/db",
      "secret://prod/key",
    ]);
    expect([key.text(), db.text(), again.text()]).toEqual(["b", "a", "b"]);
  });

  it("gives nothing for nothing, without a call", async () => {
    const store = memoryStore();
    await using secrets = resolverOf(store);
    expect(await secrets.getAll({})).toEqual({});
    expect(await secrets.getAll([])).toEqual([]);
    expect(store.created).toBe(0);
  });

  it("takes names that are special to JavaScript", async () => {
    await using secrets = resolverOf(memoryStore({ db: "a" }));
    const values = await secrets.getAll(
      JSON.parse('{"__proto__":"secret://prod/db","constructor":"secret://prod/db"}') as Record<
        string,
        "secret://prod/db"
      >,
    );
    expect(Object.entries(values).map(([name, value]) => [name, value.text()])).toEqual([
      ["__proto__", "a"],
      ["constructor", "a"],
    ]);
  });

  it("rejects with one error that lists every failure, by name or by index", async () => {
    await using secrets = resolverOf(memoryStore({ db: "a", key: DENIED }));
    const references = {
      db: "secret://prod/db",
      key: "secret://prod/key",
      none: "secret://prod/none",
    } as const;
    const error = await rejectionOf(secrets.getAll(references));
    expect(
      error.failures.map(({ label, status, reference, store }) => ({ label, status, reference, store })),
    ).toEqual([
      { label: "key", status: "denied", reference: "secret://prod/key", store: "prod" },
      { label: "none", status: "not-found", reference: "secret://prod/none", store: "prod" },
    ]);
    const byIndex = await rejectionOf(secrets.getAll(Object.values(references)));
    expect(byIndex.failures.map(({ label }) => label)).toEqual(["1", "2"]);
  });
});

describe("get", () => {
  it("gives the value", async () => {
    await using secrets = resolverOf(memoryStore({ db: "a" }));
    expect((await secrets.get("secret://prod/db")).text()).toBe("a");
    expect((await secrets.get({ store: "prod", path: "db" })).text()).toBe("a");
  });

  it("rejects with an error that names the reference once", async () => {
    await using secrets = resolverOf(memoryStore({ db: { ...DENIED, message: "is not yours" } }));
    expect((await rejectionOf(secrets.get("secret://prod/db"))).problem).toBe(
      "A reference could not be resolved: secret://prod/db is not yours",
    );
  });
});

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
    expect(context.deadline - before).toBeLessThan(1500);
  });
});

describe("batches", () => {
  it("reads a secret once for all that want it in one turn of the event loop", async () => {
    const store = memoryStore({ db: '{"a":"1","b":"2"}' });
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { events: bus });
    const later = async (ticks: number): Promise<string> => {
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      return (await secrets.get("secret://prod/db#b")).text();
    };
    const [all, ...others] = await Promise.all([
      secrets.getAll(["secret://prod/db#a", "secret://prod/db#b", "secret://prod/db"]),
      later(0),
      later(1),
      later(20),
    ]);
    expect([...all.map((value) => value.text()), ...others]).toEqual([
      "1",
      "2",
      '{"a":"1","b":"2"}',
      "2",
      "2",
      "2",
    ]);
    expect(store.calls).toHaveLength(1);
    const sources = said
      .filter(({ name }) => name === "secret-resolved")
      .map(({ event }) => Reflect.get(event, "source"));
    expect(sources).toEqual(["provider", "shared", "shared", "shared", "shared", "shared"]);
  });

  it("costs the sum over stores of ceil(distinct / batch size) for a thousand references", async () => {
    const batchSizes = { one: 10, two: 7, three: 100 } as const;
    const stores = Object.fromEntries(
      Object.entries(batchSizes).map(([name, batchSize]) => [
        name,
        memoryStore({}, { capabilities: { batchSize } }),
      ]),
    );
    const distinct = { one: 67, two: 67, three: 66 };
    for (const [name, count] of Object.entries(distinct))
      for (let index = 0; index < count; index += 1)
        stores[name]?.scripts.set(`p${index}`, `${name}-${index}`);
    const wanted = Array.from({ length: 1000 }, (_, index) => {
      const name = (["one", "two", "three"] as const)[index % 3] ?? "one";
      const at = Math.floor(index / 3) % distinct[name];
      return { reference: `secret://${name}/p${at}`, value: `${name}-${at}` };
    });
    const definitions = Object.fromEntries(
      Object.entries(stores).map(([name, { definition }]) => [name, definition]),
    );
    await using secrets = createSecretResolver({ stores: definitions });
    const values = await secrets.getAll(wanted.map(({ reference }) => reference));
    expect(values.map((value) => value.text())).toEqual(wanted.map(({ value }) => value));
    expect(Object.entries(stores).map(([name, { calls }]) => [name, calls.length])).toEqual([
      ["one", Math.ceil(67 / 10)],
      ["two", Math.ceil(67 / 7)],
      ["three", Math.ceil(66 / 100)],
    ]);
  });

  it("takes batches and requests of any size", async () => {
    const size = 10_000;
    const store = memoryStore({}, { capabilities: { batchSize: Infinity } });
    const paths = Array.from({ length: size }, (_, index) => `p${index}`);
    for (const path of paths) store.scripts.set(path, path);
    await using secrets = resolverOf(store, { cache: false });
    const start = performance.now();
    await secrets.getAll(paths.map((path) => `secret://prod/${path}` as const));
    await Promise.all(paths.slice(0, 2000).map((path) => secrets.get(`secret://prod/${path}`)));
    expect(store.calls).toHaveLength(2);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("keeps to one request a call, where a provider says nothing sensible", async () => {
    const store = memoryStore({ a: "1", b: "2" }, { capabilities: { batchSize: 0 } });
    await using secrets = resolverOf(store);
    await secrets.getAll(["secret://prod/a", "secret://prod/b"]);
    expect(store.calls.map(({ paths }) => paths)).toEqual([["a"], ["b"]]);
  });
});

describe("events", () => {
  it("tell who read what, from where, or why not", async () => {
    const { bus, said } = recordingBus();
    const store = memoryStore(
      { db: found("a", { version: "3" }), key: DENIED },
      { capabilities: { delegation: true } },
    );
    await using secrets = resolverOf(store, { events: bus });
    await secrets.settle(["secret://prod/db", "secret://prod/key", "secret://prod/d b"], {
      identity: delegated("web"),
    });
    const traceId = store.calls[0]?.context.trace.id;
    const common = { store: "prod", identity: "subject-web", traceId };
    expect(said.map(({ name, event }) => ({ name, ...event }))).toEqual([
      {
        name: "secret-failed",
        ...common,
        store: "",
        reference: "secret://prod/d",
        status: "invalid",
        reason: "malformed-reference",
      },
      {
        name: "provider-called",
        ...common,
        provider: "memory",
        requests: 2,
        found: 1,
        attempt: 1,
        durationMs: expect.any(Number) as number,
      },
      { name: "secret-resolved", ...common, reference: "secret://prod/db", version: "3", source: "provider" },
      {
        name: "secret-failed",
        ...common,
        reference: "secret://prod/key",
        status: "denied",
        reason: "forbidden",
      },
    ]);
    const heard: string[] = [];
    using _subscription = secrets.on("secret-resolved", ({ source }) => heard.push(source));
    await secrets.get("secret://prod/db", { identity: delegated("web") });
    expect(heard).toEqual(["cache"]);
  });
});

describe("creation", () => {
  it("connects nothing before the first read, and creates a provider once", async () => {
    const store = memoryStore({ db: "a" });
    await using secrets = resolverOf(store, { cache: false });
    expect(store.created).toBe(0);
    await Promise.all([secrets.get("secret://prod/db"), secrets.get("secret://prod/db")]);
    await secrets.get("secret://prod/db");
    expect(store.created).toBe(1);
  });

  it("hands the provider what it needs", async () => {
    const handed: ProviderDependencies[] = [];
    const { definition } = memoryStore({ db: "a" });
    const create = (dependencies: ProviderDependencies): ReturnType<typeof definition.create> => {
      handed.push(dependencies);
      return definition.create(dependencies);
    };
    const environment = { AWS_REGION: "x" };
    await using given = createSecretResolver({
      stores: { prod: { ...definition, create } },
      baseDirectory: "/etc",
      environment,
      leases: { revoke: false },
    });
    await using bare = createSecretResolver({ stores: { prod: { ...definition, create } } });
    await Promise.all([given.get("secret://prod/db"), bare.get("secret://prod/db")]);
    expect(handed).toEqual([
      { store: "prod", baseDirectory: "/etc", environment, leavesLeases: true },
      { store: "prod", baseDirectory: process.cwd(), environment: process.env },
    ]);
  });

  it("refuses a store that references cannot name", () => {
    const { definition } = memoryStore();
    expect(() => createSecretResolver({ stores: { Prod_1: definition } })).toThrow(SluiceError);
    expect(() => createSecretResolver({ stores: { Prod_1: definition } })).toThrow(
      '"Prod_1" cannot name a store',
    );
  });

  it("reports a provider that cannot be created as a failure of its references", async () => {
    const { definition } = memoryStore();
    const create = (): never => {
      throw new SluiceError({
        code: "SLU1103",
        kind: "configuration",
        problem: "No vault",
        remedy: "Name one",
      });
    };
    await using secrets = createSecretResolver({ stores: { prod: { ...definition, create } } });
    const error = await rejectionOf(secrets.get("secret://prod/db"));
    expect(error.message).toBe(
      "A reference could not be resolved: secret://prod/db failed: No vault. Name one",
    );
    expect(error.kind).toBe("configuration");
  });
});
