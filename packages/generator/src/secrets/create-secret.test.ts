import type { Failure } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { FamilySpec } from "../families/family-spec.js";
import { makeMember } from "../families/make-member.js";
import { type KeyMaker, KeyMakerError } from "../keys/key-maker.js";
import { MemoryStore } from "../memory-store.test-support.js";
import type { WantedSecret } from "../wanted/wanted-secret.js";
import { createSecret } from "./create-secret.js";

const keys: KeyMaker = {
  make: async (task) =>
    makeMember(task).catch(() => {
      throw new KeyMakerError();
    }),
  [Symbol.asyncDispose]: async () => undefined,
};

const PAIR: WantedSecret = {
  name: "pair",
  store: "main",
  spec: { type: "ed25519", form: "der" },
  encoding: "base64",
  // Not in the order in which they are made.
  entries: [
    { path: "pair_public", members: [{ field: "public" }] },
    { path: "pair_private", members: [{ field: "private" }] },
  ],
};

const together: WantedSecret = {
  ...PAIR,
  entries: [
    {
      path: "pair",
      members: [
        { field: "public", key: "pub" },
        { field: "private", key: "key" },
      ],
    },
  ],
};

const single = (spec: FamilySpec, ...fields: string[]): WantedSecret => ({
  name: "one",
  store: "main",
  spec,
  encoding: "none",
  entries: fields.map((field) => ({ path: `one_${field}`, members: [{ field }] })),
});

const away: Failure = { status: "unavailable", reason: "away", message: "is away", remedy: "Wait" };

async function create(store: MemoryStore, wanted: WantedSecret, soleWriter = false) {
  const signal = AbortSignal.timeout(20_000);
  return createSecret(wanted, { resolver: store.resolver, keys, signal, soleWriter });
}

describe("createSecret", () => {
  it("writes the private key before the public one, and nothing twice", async () => {
    const store = new MemoryStore();
    expect(await create(store, PAIR)).toEqual({ status: "created", paths: ["pair_private", "pair_public"] });
    expect(await create(store, PAIR)).toEqual({ status: "exists" });
    expect(store.writes).toEqual(["pair_private", "pair_public"]);
  });

  it("writes members under keys at once", async () => {
    const store = new MemoryStore();
    expect(await create(store, together)).toEqual({ status: "created", paths: ["pair"] });
    expect(Object.keys(JSON.parse(store.values.get("pair") ?? "") as object)).toEqual(["pub", "key"]);
    expect(await create(store, together)).toEqual({ status: "exists" });
  });

  it("goes on from what a crash has left, at every place there can be one", async () => {
    for (const crash of ["pair_private", "pair_public"]) {
      const store = new MemoryStore();
      store.onPut = (path) => (path === crash ? away : undefined);
      expect(await create(store, PAIR)).toMatchObject({ status: "failed", store: "unavailable" });
      const before = store.values.get("pair_private");
      store.onPut = undefined;
      expect(await create(store, PAIR)).toMatchObject({ status: "created" });
      expect(store.values.get("pair_private")).toBe(before ?? store.values.get("pair_private"));
      expect(await isPair(store)).toBe(true);
    }
  });

  it("takes what stands when the answer of a write was lost", async () => {
    const store = new MemoryStore();
    store.onPut = () => ({ ...away, lost: true });
    expect(await create(store, PAIR)).toMatchObject({ status: "failed", paths: [] });
    expect(await create(store, PAIR)).toMatchObject({ status: "failed", paths: [] });
    expect(await create(store, PAIR)).toEqual({ status: "exists" });
    expect(store.writes).toEqual(["pair_private", "pair_public"]);
    expect(await isPair(store)).toBe(true);
  });

  it("agrees with whoever was faster, in between any two of its steps", async () => {
    const store = new MemoryStore();
    const rivals = await Promise.all(Array.from({ length: 20 }, async () => create(store, PAIR)));
    expect(
      rivals.flatMap((outcome) => (outcome.status === "created" ? outcome.paths : [])).toSorted(),
    ).toEqual(["pair_private", "pair_public"]);
    expect(await isPair(store)).toBe(true);
  });

  it("leaves a public key alone whose private key is gone", async () => {
    const store = new MemoryStore();
    await create(store, PAIR);
    store.values.delete("pair_private");
    expect(await create(store, PAIR)).toMatchObject({
      status: "failed",
      reason: "incomplete",
      message: "pair_private is gone, and what was made from it stands at pair_public",
    });
    expect(Array.from(store.values.keys())).toEqual(["pair_public"]);
  });

  it("leaves an object alone that has half of a family, or none of it", async () => {
    for (const value of [{ key: "AAAA" }, { other: "" }]) {
      const store = new MemoryStore();
      store.values.set("pair", JSON.stringify(value));
      expect(await create(store, together)).toMatchObject({ status: "failed", reason: "incomplete" });
      expect(store.writes).toEqual([]);
    }
  });

  it("gives one value all its names, from whichever stands", async () => {
    const wanted = single({ type: "random", bytes: 8 }, "consumer", "provider");
    const store = new MemoryStore();
    const encoded = { ...wanted, encoding: "hex" as const };
    await create(store, encoded);
    const [consumer, provider] = store.values.values();
    expect(provider).toBe(consumer);
    expect(consumer).toMatch(/^[0-9a-f]{16}$/);
    store.values.delete("one_consumer");
    expect(await create(store, encoded)).toEqual({ status: "created", paths: ["one_consumer"] });
    expect(store.values.get("one_consumer")).toBe(consumer);
  });

  it.each(["denied", "disabled", "expired", "throttled", "invalid"] as const)(
    "makes nothing of what the store says is %s",
    async (status) => {
      const store = new MemoryStore();
      store.onRead = () => ({ status, reason: "why", retryAfterMs: 5 });
      expect(await create(store, PAIR)).toMatchObject({
        status: "failed",
        store: status,
        retryAfterMs: 5,
        paths: [],
      });
      expect(store.writes).toEqual([]);
    },
  );

  it("writes without a condition only where it is told that nobody else does", async () => {
    const store = new MemoryStore({ ifAbsent: false });
    const wanted = single({ type: "uuid" }, "");
    expect(await create(store, wanted)).toMatchObject({ status: "failed", store: "unsupported" });
    expect(store.writes).toEqual([]);
    expect(await create(store, wanted, true)).toEqual({ status: "created", paths: ["one_"] });
    expect(await create(store, wanted, true)).toEqual({ status: "exists" });
  });

  it("tells nothing of a value it cannot read", async () => {
    for (const value of ["not Base64!", Buffer.from("no key").toString("base64")]) {
      const store = new MemoryStore();
      store.values.set("pair_private", value);
      const outcome = await create(store, PAIR);
      expect(outcome).toMatchObject({ status: "failed", reason: "unreadable" });
      expect(JSON.stringify(outcome)).not.toContain(value);
    }
  });

  it("ends when it is told to", async () => {
    const store = new MemoryStore();
    const signal = AbortSignal.abort(new Error("told"));
    await expect(
      createSecret(PAIR, { resolver: store.resolver, keys, signal, soleWriter: false }),
    ).rejects.toThrow("told");
  });
});

async function isPair(store: MemoryStore): Promise<boolean> {
  const source = Buffer.from(store.values.get("pair_private") ?? "", "base64");
  const derived = await makeMember({ spec: PAIR.spec, field: "public", source });
  return Buffer.from(derived).toString("base64") === store.values.get("pair_public");
}
