import { describe, expect, it, vi } from "vitest";
import { SluiceError } from "../errors/sluice-error.js";
import { StoreError } from "../errors/store-error.js";
import { UnknownStoreError } from "../errors/unknown-store-error.js";
import type { ListPage } from "../provider/list.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import { SecretValue } from "../value/secret-value.js";
import {
  delegated,
  memoryStore,
  type MemoryStore,
  recordingBus,
  resolverOf,
  THROTTLED,
  type Script,
} from "./memory-provider.test-support.js";

type Verbs = Required<SecretProvider>;

const value = SecretValue.fromText("new");
const never = (): Promise<never> => new Promise(() => undefined);
const ALL = {
  put: { ifAbsent: true, ifVersion: true },
  delete: { ifVersion: true },
  check: true,
  list: { carriesVersion: true },
} as const;

const storeWith = (verbs: Partial<SecretProvider>, scripts: Record<string, Script> = {}): MemoryStore =>
  memoryStore(scripts, { capabilities: ALL, verbs });

async function* pages(...all: readonly string[][]): AsyncGenerator<ListPage> {
  for (const [index, paths] of all.entries())
    yield { items: paths.map((path) => ({ path, version: "1" })), complete: index === all.length - 1 };
}

describe("list", () => {
  it("gives every item of every page, and hands the prefix on", async () => {
    const list = vi.fn<Verbs["list"]>(() => pages(["a", "b"], [], ["c"]));
    await using secrets = resolverOf(storeWith({ list }));
    const items = await Array.fromAsync(secrets.list("prod", { prefix: "x/" }));
    expect(items.map(({ path }) => path)).toEqual(["a", "b", "c"]);
    expect(list).toHaveBeenCalledExactlyOnceWith(
      { prefix: "x/" },
      expect.objectContaining({ identity: { kind: "self" } }),
    );
  });

  it.each<[string, () => AsyncIterable<ListPage>, number]>([
    ["ends before it is complete", () => cutOff(["a"], ["b"]), 2],
    ["has no page", () => pages(), 0],
  ])(
    "rejects after all items when its listing %s: only its end proves absence",
    async (_name, list, count) => {
      const { bus, said } = recordingBus();
      await using secrets = resolverOf(storeWith({ list }), { events: bus });
      const seen: string[] = [];
      const listing = (async () => {
        for await (const { path } of secrets.list("prod")) seen.push(path);
      })();
      await expect(listing).rejects.toMatchObject({
        code: "SLU2003",
        kind: "unavailable",
        failure: { status: "unavailable", reason: "incomplete-list" },
        message: expect.stringContaining('Store "prod": could not be listed completely') as string,
      });
      expect(seen).toEqual(["a", "b"].slice(0, count));
      expect(said.map(({ name, event }) => [name, event])).toMatchObject([
        ["store-listed", { store: "prod", pages: count, items: count, complete: false }],
      ]);
    },
  );

  it("tells of itself by an event, once", async () => {
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(storeWith({ list: () => pages(["a", "b"], ["c"]) }), { events: bus });
    await Array.fromAsync(secrets.list("prod"));
    expect(said).toEqual([
      {
        name: "store-listed",
        event: {
          store: "prod",
          provider: "memory",
          identity: "self",
          pages: 2,
          items: 3,
          complete: true,
          durationMs: expect.any(Number) as number,
          traceId: expect.any(String) as string,
        },
      },
    ]);
  });

  it("closes the listing when its consumer leaves", async () => {
    const closed = vi.fn<(...told: unknown[]) => void>();
    async function* list(): AsyncGenerator<ListPage> {
      try {
        yield* pages(["a"], ["b"]);
      } finally {
        closed();
      }
    }
    await using secrets = resolverOf(storeWith({ list }));
    for await (const { path } of secrets.list("prod")) {
      expect(path).toBe("a");
      break;
    }
    expect(closed).toHaveBeenCalledOnce();
  });

  it.each<[string, () => AsyncIterable<ListPage>, object]>([
    [
      "its store's failure",
      () => failing(new StoreError("prod", THROTTLED)),
      { failure: THROTTLED, kind: "deadline" },
    ],
    [
      "a foreign error",
      () => failing(Object.assign(new Error("hunter2"), { code: "ECONNRESET" })),
      { failure: { status: "unavailable", reason: "ECONNRESET" } },
    ],
  ])("rejects with a StoreError after %s", async (_name, list, expected) => {
    await using secrets = resolverOf(storeWith({ list }));
    const error: unknown = await Array.fromAsync(secrets.list("prod")).catch((thrown: unknown) => thrown);
    expect(StoreError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ store: "prod", ...expected });
    expect(String(error)).not.toContain("hunter2");
  });

  it("ends with the signal, with time and with the resolver, though the provider hangs", async () => {
    const list = (): AsyncIterable<ListPage> => ({ [Symbol.asyncIterator]: () => ({ next: never }) });
    const secrets = resolverOf(storeWith({ list }));
    const leaving = new AbortController();
    const left = Array.fromAsync(secrets.list("prod", {}, { signal: leaving.signal }));
    leaving.abort(new Error("never mind"));
    await expect(left).rejects.toThrow("never mind");
    const late = Array.fromAsync(secrets.list("prod", {}, { timeoutMs: 10 }));
    await expect(late).rejects.toMatchObject({ failure: { reason: "deadline" } });
    const open = Array.fromAsync(secrets.list("prod"));
    await secrets[Symbol.asyncDispose]();
    await expect(open).rejects.toMatchObject({ code: "SLU3003" });
  });
});

async function* cutOff(...all: readonly string[][]): AsyncGenerator<ListPage> {
  for await (const page of pages(...all)) yield { ...page, complete: false };
}

async function* failing(error: Error): AsyncGenerator<ListPage> {
  yield* pages(["a"]);
  throw error;
}

describe("put and delete", () => {
  it("hand the request on, and give the outcome", async () => {
    const put = vi.fn<Verbs["put"]>(async () => ({ status: "created", version: "2" }));
    const remove = vi.fn<Verbs["delete"]>(async () => ({ status: "deleted" }));
    await using secrets = resolverOf(storeWith({ put, delete: remove }));
    const request = { path: "db", value, condition: { ifAbsent: true }, idempotencyKey: "k" } as const;
    expect(await secrets.put("prod", request, { traceparent: "tp" })).toEqual({
      status: "created",
      version: "2",
    });
    expect(put).toHaveBeenCalledExactlyOnceWith(request, {
      signal: expect.any(AbortSignal) as AbortSignal,
      deadline: expect.any(Number) as number,
      identity: { kind: "self" },
      trace: { id: expect.any(String) as string, traceparent: "tp" },
    });
    expect(await secrets.delete("prod", { path: "db" })).toEqual({ status: "deleted" });
  });

  it.each<[string, Verbs["put"], object]>([
    ["a failure", async () => ({ status: "conflict", reason: "changed" }), { status: "conflict" }],
    ["its store's failure, thrown", () => Promise.reject(new StoreError("prod", THROTTLED)), THROTTLED],
    ["an error", () => Promise.reject(new Error("hunter2")), { status: "unavailable", reason: "Error" }],
    [
      "an unknown status",
      async () => ({ status: "done" }) as never,
      { status: "invalid", reason: "provider-contract" },
    ],
    ["nothing", async () => undefined as never, { status: "invalid", reason: "provider-contract" }],
    ["too late", never, { status: "unavailable", reason: "deadline" }],
  ])("give %s as an outcome, and try once", async (_name, answer, expected) => {
    const put = vi.fn<Verbs["put"]>(answer);
    await using secrets = resolverOf(storeWith({ put }), { timeoutMs: 30 });
    const outcome = await secrets.put("prod", { path: "db", value });
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    expect(put).toHaveBeenCalledOnce();
  });

  it("reject when the caller aborts", async () => {
    await using secrets = resolverOf(storeWith({ put: never }));
    const leaving = new AbortController();
    const left = secrets.put("prod", { path: "db", value }, { signal: leaving.signal });
    leaving.abort(new Error("never mind"));
    await expect(left).rejects.toThrow("never mind");
  });

  it("write nothing regardless of a condition that the provider does not know", async () => {
    const put = vi.fn<Verbs["put"]>(async () => ({ status: "updated" }));
    const remove = vi.fn<Verbs["delete"]>(async () => ({ status: "deleted" }));
    const store = memoryStore(
      {},
      {
        capabilities: { put: { ifAbsent: false, ifVersion: false }, delete: { ifVersion: false } },
        verbs: { put, delete: remove },
      },
    );
    await using secrets = resolverOf(store);
    for (const condition of [{ ifAbsent: true }, { ifAbsent: "best-effort" }, { ifVersion: "1" }] as const)
      expect(await secrets.put("prod", { path: "db", value, condition })).toMatchObject({
        status: "unsupported",
      });
    expect(await secrets.delete("prod", { path: "db", ifVersion: "1" })).toMatchObject({
      status: "unsupported",
      message: 'needs the condition ifVersion, which the provider "memory" does not have',
    });
    expect([put.mock.calls, remove.mock.calls]).toEqual([[], []]);
    expect(await secrets.delete("prod", { path: "db" })).toEqual({ status: "deleted" });
    expect(await secrets.put("prod", { path: "db", value })).toEqual({ status: "updated" });
  });

  it.each([
    ["best-effort", "best-effort", "created"],
    ["best-effort", true, "unsupported"],
    [true, "best-effort", "created"],
    [true, true, "created"],
  ] as const)("of a store that knows absence as %s serve %s: %s", async (known, asked, status) => {
    const put = async () => ({ status: "created" }) as const;
    const capabilities = { put: { ifAbsent: known, ifVersion: false } };
    await using secrets = resolverOf(memoryStore({}, { capabilities, verbs: { put } }));
    const condition = { ifAbsent: asked };
    expect(await secrets.put("prod", { path: "db", value, condition })).toMatchObject({ status });
  });

  it("are seen by the next read", async () => {
    const put = async (): Promise<{ status: "updated" }> => ({ status: "updated" });
    await using secrets = resolverOf(
      storeWith({ put, delete: async () => ({ status: "deleted" }) }, { db: ["1", "2", "3"] }),
    );
    expect((await secrets.get("secret://prod/db")).text()).toBe("1");
    await secrets.put("prod", { path: "db", value });
    expect((await secrets.get("secret://prod/db")).text()).toBe("2");
    await secrets.delete("prod", { path: "db" });
    expect((await secrets.get("secret://prod/db")).text()).toBe("3");
  });

  it("are seen by the next read, also when one was under way before", async () => {
    const before = Promise.withResolvers<string>();
    const put = async (): Promise<{ status: "updated" }> => ({ status: "updated" });
    const store = storeWith({ put }, { db: [() => before.promise, "new"] });
    await using secrets = resolverOf(store);
    const early = secrets.get("secret://prod/db");
    await vi.waitFor(() => expect(store.active).toBe(1));
    await secrets.put("prod", { path: "db", value });
    const late = secrets.get("secret://prod/db");
    before.resolve("old");
    expect([(await early).text(), (await late).text()]).toEqual(["old", "new"]);
    expect((await secrets.get("secret://prod/db")).text()).toBe("new");
  });

  it("are seen by the next read of the same turn, in a batch of its own identifiers", async () => {
    const put = async (): Promise<{ status: "updated" }> => ({ status: "updated" });
    const store = storeWith({ put }, { db: ["1", "2"] });
    await using secrets = resolverOf(store);
    const writing = secrets.put("prod", { path: "db", value });
    const early = secrets.get("secret://prod/db");
    const late = writing.then(() => secrets.get("secret://prod/db"));
    expect([(await early).text(), (await late).text()]).toEqual(["1", "2"]);
    for (const { requests } of store.calls)
      expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
  });
});

describe("check", () => {
  it("gives what the provider finds, and leaves the cache alone", async () => {
    const result = { findings: [{ aspect: "reachable", status: "ok", message: "yes" }] } as const;
    await using secrets = resolverOf(storeWith({ check: async () => result }, { db: ["1", "2"] }));
    await secrets.get("secret://prod/db");
    expect(await secrets.check("prod")).toEqual(result);
    expect((await secrets.get("secret://prod/db")).text()).toBe("1");
  });

  it("rejects with a StoreError when the provider fails", async () => {
    await using secrets = resolverOf(storeWith({ check: () => Promise.reject(new Error("hunter2")) }));
    await expect(secrets.check("prod")).rejects.toMatchObject({
      code: "SLU2003",
      failure: { status: "unavailable" },
    });
  });
});

describe("what a provider cannot do", () => {
  it.each<[string, Parameters<typeof memoryStore>[1]]>([
    ["does not declare", { verbs: { put: never, delete: never, check: never, list: () => pages() } }],
    ["declares and lacks", { capabilities: ALL }],
  ])("is said, where it %s it", async (_name, options) => {
    await using secrets = resolverOf(memoryStore({}, options));
    const unsupported = { status: "unsupported", reason: "capability" };
    expect(await secrets.put("prod", { path: "db", value })).toMatchObject({
      ...unsupported,
      message: 'needs a way to put, which the provider "memory" does not have',
    });
    expect(await secrets.delete("prod", { path: "db" })).toMatchObject(unsupported);
    await expect(secrets.check("prod")).rejects.toMatchObject({ failure: unsupported });
    await expect(Array.fromAsync(secrets.list("prod"))).rejects.toMatchObject({ failure: unsupported });
  });

  it("is not done with rights of its own on a workload's behalf", async () => {
    const verbs = {
      put: vi.fn<Verbs["put"]>(),
      delete: vi.fn<Verbs["delete"]>(),
      check: vi.fn<Verbs["check"]>(),
      list: vi.fn<Verbs["list"]>(),
    };
    await using secrets = resolverOf(storeWith(verbs));
    const options = { identity: delegated("web") };
    expect(await secrets.put("prod", { path: "db", value }, options)).toMatchObject({
      status: "unsupported",
    });
    expect(await secrets.delete("prod", { path: "db" }, options)).toMatchObject({ status: "unsupported" });
    await expect(secrets.check("prod", options)).rejects.toThrow("log in as subject-web");
    await expect(Array.fromAsync(secrets.list("prod", {}, options))).rejects.toThrow("log in as subject-web");
    await expect(Array.fromAsync(secrets.watch(["secret://prod/db"], options))).rejects.toThrow(
      "log in as subject-web",
    );
    for (const verb of Object.values(verbs)) expect(verb).not.toHaveBeenCalled();
  });

  it("is a store that is not there", async () => {
    const store = memoryStore();
    await using secrets = resolverOf(store);
    const prd = "prd" as "prod";
    const attempts = [
      () => secrets.put(prd, { path: "db", value }),
      () => secrets.delete(prd, { path: "db" }),
      () => secrets.check(prd),
      () => Array.fromAsync(secrets.list(prd)),
      () => Array.fromAsync(secrets.watch(["secret://prd/db" as "secret://prod/db"])),
    ];
    for (const attempt of attempts) {
      const thrown: unknown = await attempt().catch((reason: unknown) => reason);
      expect(UnknownStoreError.isInstance(thrown) && thrown.remedy).toBe('Did you mean "prod"?');
    }
  });

  it("is a provider that cannot be created", async () => {
    const create = (): never => {
      throw new SluiceError({
        code: "SLU1103",
        kind: "configuration",
        problem: "No vault",
        remedy: "Name one",
      });
    };
    const { definition } = storeWith({});
    const broken = { definition: { ...definition, create } } as unknown as MemoryStore;
    await using secrets = resolverOf(broken);
    expect(await secrets.put("prod", { path: "db", value })).toMatchObject({
      status: "invalid",
      reason: "SLU1103",
    });
    await expect(secrets.check("prod")).rejects.toThrow("No vault. Name one");
  });
});
