import { describe, expect, it } from "vitest";
import { createSecretResolver } from "./create-secret-resolver.js";
import { memoryStore, recordingBus, resolverOf } from "./memory-provider.test-support.js";

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
    await secrets.getAll(paths.map((path) => `secret://prod/${path}` as const));
    await Promise.all(paths.slice(0, 2000).map((path) => secrets.get(`secret://prod/${path}`)));
    expect(store.calls).toHaveLength(2);
  });

  it("keeps to one request a call, where a provider says nothing sensible", async () => {
    const store = memoryStore({ a: "1", b: "2" }, { capabilities: { batchSize: 0 } });
    await using secrets = resolverOf(store);
    await secrets.getAll(["secret://prod/a", "secret://prod/b"]);
    expect(store.calls.map(({ paths }) => paths)).toEqual([["a"], ["b"]]);
  });
});
