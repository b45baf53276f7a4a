import { describe, expect, it } from "vitest";
import { DENIED, memoryStore, resolverOf, rejectionOf } from "./memory-provider.test-support.js";

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
