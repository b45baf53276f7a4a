import { type ListPage, SecretValue, StoreError } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "./real-vault.js";
import { contextOf, failure, openVault, put, reveal } from "./support.js";

const server = await realVault();

describe.runIf(server.available)("writing to and listing a real server", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const open = (as = token) => openVault({ address }, { VAULT_TOKEN: as });
  const pathsOf = async (prefix: string, provider = open()): Promise<string[]> => {
    const pages: ListPage[] = await Array.fromAsync(provider.list({ prefix }, contextOf()));
    expect(pages.map(({ complete }) => complete)).toEqual(pages.map((_page, at) => at === pages.length - 1));
    return pages.flatMap(({ items }) => items.map(({ path }) => path));
  };

  describe("put", () => {
    it("creates and updates", async () => {
      const provider = open();
      expect(await put(provider, "secret/put/a", { a: "1" })).toEqual({ status: "created", version: "1" });
      expect(await put(provider, "secret/put/a", { a: "2" })).toEqual({ status: "updated", version: "2" });
      expect(await reveal(provider, "secret/put/a")).toEqual({ a: "2" });
    });

    it("lets exactly one of 20 create", async () => {
      const [one, other] = [open(), open()];
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async (_, at) =>
          put(
            at % 2 === 0 ? one : other,
            "secret/put/race",
            { by: String(at) },
            { condition: { ifAbsent: true } },
          ),
        ),
      );
      const statuses = outcomes.map(({ status }) => status).sort();
      expect(statuses).toEqual(["created", ...Array.from({ length: 19 }, () => "exists")]);
      const winner = outcomes.findIndex(({ status }) => status === "created");
      expect(await reveal(one, "secret/put/race")).toEqual({ by: String(winner) });
    });

    it("creates again what was deleted", async () => {
      const provider = open();
      const condition = { ifAbsent: true } as const;
      await put(provider, "secret/put/again", { a: "1" });
      await provider.delete({ path: "secret/put/again" }, contextOf());
      expect(await put(provider, "secret/put/again", { a: "2" }, { condition })).toEqual({
        status: "created",
        version: "2",
      });
      expect(await put(provider, "secret/put/again", { a: "3" }, { condition })).toEqual({
        status: "exists",
        version: "2",
      });
      expect(await reveal(provider, "secret/put/again")).toEqual({ a: "2" });
    });

    it("writes over one version only", async () => {
      const provider = open();
      const over = (ifVersion: string) => ({ condition: { ifVersion } });
      expect(await put(provider, "secret/put/cas", { a: "1" }, over("1"))).toMatchObject({
        status: "conflict",
      });
      expect(await put(provider, "secret/put/cas", { a: "1" }, over("0"))).toMatchObject({
        status: "conflict",
      });
      await put(provider, "secret/put/cas", { a: "1" });
      expect(await put(provider, "secret/put/cas", { a: "2" }, over("1"))).toEqual({
        status: "updated",
        version: "2",
      });
      expect(await put(provider, "secret/put/cas", { a: "3" }, over("1"))).toMatchObject({
        status: "conflict",
      });
      await provider.delete({ path: "secret/put/cas" }, contextOf());
      expect(await put(provider, "secret/put/cas", { a: "3" }, over("2"))).toMatchObject({
        status: "conflict",
      });
    });

    it("writes once for an idempotency key", async () => {
      const provider = open();
      const twice = [1, 2].map(async () =>
        put(provider, "secret/put/once", { a: "1" }, { idempotencyKey: "k" }),
      );
      const created = { status: "created", version: "1" };
      expect(await Promise.all(twice)).toEqual([created, created]);
    });

    it("refuses what has no fields, without telling it", async () => {
      const provider = open();
      await put(provider, "secret/put/kept", { a: "1" });
      for (const text of ["canary-no-json", '"canary"', "[1]", "null"]) {
        const outcome = await put(provider, "secret/put/kept", text);
        expect(outcome).toMatchObject({ status: "invalid", reason: "no-fields" });
        expect(JSON.stringify(outcome)).not.toContain("canary");
      }
      const binary = { path: "secret/put/kept", value: SecretValue.fromBytes(Uint8Array.of(0xff)) };
      expect(await provider.put(binary, contextOf())).toMatchObject({ status: "invalid" });
      expect(await reveal(provider, "secret/put/kept")).toEqual({ a: "1" });
    });

    it("refuses what is more than the server takes in a request", async () => {
      const provider = open();
      const wide = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`k${at}`, "v"]));
      expect(await put(provider, "secret/put/wide", wide)).toMatchObject({ status: "created" });
      // OpenBao counts the strings.
      const mounts = JSON.stringify(await api("GET", "sys/mounts"));
      const wider = { ...wide, ...Object.fromEntries(Object.keys(wide).map((key) => [`${key}.b`, "v"])) };
      const outcome = await put(provider, "secret/put/wider", wider);
      expect("reason" in outcome ? outcome.reason : "written").toBe(
        mounts.includes("builtin.bao") ? "too-large" : "written",
      );
      expect(await put(provider, "secret/put/large", { a: "x".repeat(33 * 1024 * 1024) })).toMatchObject({
        status: "invalid",
        reason: "too-large",
      });
    });

    it("says that an engine insists on conditions", async () => {
      await api("POST", "sys/mounts/strict", { type: "kv", options: { version: "2" } });
      await expect.poll(async () => api("POST", "strict/config", { cas_required: true })).toBeDefined();
      const provider = open();
      expect(await put(provider, "strict/a", { a: "1" })).toMatchObject({ reason: "condition-required" });
      expect(await put(provider, "strict/a", { a: "1" }, { condition: { ifAbsent: true } })).toMatchObject({
        status: "created",
      });
    });

    it("writes to version 1, but not on a condition", async () => {
      await api("POST", "sys/mounts/first", { type: "kv", options: { version: "1" } });
      const provider = open();
      expect(await put(provider, "first/a", { a: "1" })).toEqual({ status: "created" });
      expect(await put(provider, "first/a", { a: "2" })).toEqual({ status: "updated" });
      expect(await put(provider, "first/a", { a: "3" }, { condition: { ifAbsent: true } })).toMatchObject({
        status: "unsupported",
      });
      expect(await reveal(provider, "first/a")).toEqual({ a: "2" });
      expect(await provider.delete({ path: "first/a" }, contextOf())).toEqual({ status: "deleted" });
      expect(await provider.delete({ path: "first/a" }, contextOf())).toMatchObject({ status: "not-found" });
    });
  });

  it("is refused where the server shows no engine", async () => {
    const nobody = open(await server.tokenWith('path "elsewhere/*" { capabilities = ["read"] }'));
    const refused = { status: "denied", reason: "hidden-engine" };
    expect(await put(nobody, "secret/put/a", { a: "1" })).toMatchObject(refused);
    expect(await nobody.delete({ path: "secret/put/a" }, contextOf())).toMatchObject(refused);
  });

  it("deletes the last version, and that version only", async () => {
    const provider = open();
    const remove = async (ifVersion?: string) =>
      provider.delete({ path: "secret/gone", ...(ifVersion !== undefined && { ifVersion }) }, contextOf());
    expect(await remove()).toMatchObject({ status: "not-found" });
    await put(provider, "secret/gone", { a: "1" });
    await put(provider, "secret/gone", { a: "2" });
    expect(await remove("1")).toMatchObject({ status: "conflict" });
    expect(await remove("2")).toEqual({ status: "deleted" });
    expect(await remove()).toMatchObject({ status: "not-found" });
    expect(await failure(provider, "secret/gone")).toMatchObject({ status: "not-found" });
  });

  describe("list", () => {
    it("names everything below a prefix, in both versions, and nothing that was deleted", async () => {
      const provider = open();
      const names = ["a", "b/c", "b/d/e", "b/d/f", "ba", "ü/ö", "sp ace", "x#y", "data/z"];
      await api("POST", "sys/mounts/tree1", { type: "kv", options: { version: "1" } });
      for (const name of names) {
        const encoded = name.split("/").map(encodeURIComponent).join("/");
        await api("POST", `secret/data/tree/${encoded}`, { data: { a: name } });
        await api("POST", `tree1/${encoded}`, { a: name });
      }
      await put(provider, "secret/tree/deleted", { a: "1" });
      await provider.delete({ path: "secret/tree/deleted" }, contextOf());
      const below = (prefix: string) => names.map((name) => `${prefix}${name}`).sort();
      expect(await pathsOf("secret/tree/")).toEqual(below("secret/tree/"));
      expect(await pathsOf("tree1/")).toEqual(below("tree1/"));
      expect(await pathsOf("tree1")).toEqual(below("tree1/"));
      expect(await pathsOf("secret/tree/b")).toEqual(
        ["b/c", "b/d/e", "b/d/f", "ba"].map((name) => `secret/tree/${name}`),
      );
      expect(await pathsOf("secret/tree/nothing")).toEqual([]);
      expect(await pathsOf("nowhere/")).toEqual([]);
      const all = await pathsOf("");
      expect(all).toEqual(expect.arrayContaining([...below("secret/tree/"), ...below("tree1/")]));
      expect(new Set(all).size).toBe(all.length);
      for (const path of all) expect(await reveal(provider, path)).toBeDefined();
    });

    it("names paths that can be read where a name begins with data/", async () => {
      await api("POST", "secret/data/data/inner", { data: { a: "inner" } });
      const provider = open();
      expect(await pathsOf("secret/data/")).toEqual(["secret/data/data/inner"]);
      expect(await reveal(provider, "secret/data/data/inner")).toEqual({ a: "inner" });
    });

    it("does not leave its engine, whatever the prefix", async () => {
      expect(await pathsOf("secret/../../sys/policies/acl/")).toEqual([]);
      expect(await pathsOf("secret/./")).toEqual([]);
      expect(await pathsOf("secret//")).toEqual([]);
      expect(await pathsOf("sys/")).toEqual([]);
    });

    it("tells versions and times, and goes on from a token", async () => {
      const provider = open();
      for (const name of ["p", "q"]) await put(provider, `secret/told/${name}`, { a: name });
      await put(provider, "secret/told/q", { a: "2" });
      const query = { prefix: "secret/told/", pageToken: "secret/told/p" };
      const pages = await Array.fromAsync(provider.list(query, contextOf()));
      expect(pages).toEqual([
        { complete: true, items: [{ path: "secret/told/q", version: "2", updatedAt: expect.any(Number) }] },
      ]);
    });

    it("comes in pages when there is much", async () => {
      for (let at = 0; at < 501; at += 1) await api("POST", `secret/data/much/${at}`, { data: {} });
      expect(await pathsOf("secret/much/")).toHaveLength(501);
    }, 60_000);

    it("is refused, not empty, where the server shows no engine", async () => {
      const nobody = open(await server.tokenWith('path "elsewhere/*" { capabilities = ["read"] }'));
      for (const prefix of ["", "secret", "secret/", "secret/tree/", "nowhere/"]) {
        const listing = Array.fromAsync(nobody.list({ prefix }, contextOf()));
        await expect(listing).rejects.toMatchObject({ failure: { status: "denied" } });
      }
    });

    it("is complete only where no engine can be hidden", async () => {
      const [shown, hidden] = [await server.mount("kv"), await server.mount("kv")];
      await api("POST", `${shown}/a`, { a: "1" });
      await api("POST", `${hidden}/b`, { b: "1" });
      const rules = `path "${shown}/*" { capabilities = ["read", "list"] }`;
      const some = open(await server.tokenWith(rules));
      expect(await pathsOf(`${shown}/`, some)).toEqual([`${shown}/a`]);
      expect(await pathsOf(`${shown}/none`, some)).toEqual([]);
      expect(await Array.fromAsync(some.list({}, contextOf()))).toEqual([
        { items: [{ path: `${shown}/a` }], complete: false },
      ]);
      // Who may read what engines there are knows which of them are refused.
      const knowing = open(await server.tokenWith(`${rules} path "sys/mounts" { capabilities = ["read"] }`));
      expect(await pathsOf(shown, knowing)).toEqual([`${shown}/a`]);
      expect(await pathsOf("nowhere/", knowing)).toEqual([]);
      for (const prefix of ["", `${hidden}/`, hidden])
        await expect(Array.fromAsync(knowing.list({ prefix }, contextOf()))).rejects.toMatchObject({
          failure: { status: "denied" },
        });
    });

    it("fails rather than end early, for an unknown token and for one that may not list", async () => {
      await api("PUT", "sys/policies/acl/no-list", {
        policy: 'path "secret/data/*" { capabilities = ["read"] }',
      });
      const { auth } = await api("POST", "auth/token/create", { policies: ["no-list"] });
      for (const as of ["unknown", (auth as { client_token: string }).client_token]) {
        const listing = Array.fromAsync(open(as).list({}, contextOf()));
        await expect(listing).rejects.toSatisfy((error) => StoreError.isInstance(error));
      }
    });
  });

  it("finds a healthy server healthy, and a token that is refused not", async () => {
    const healthy = await open().check(contextOf());
    expect(healthy.findings.map(({ aspect, status }) => [aspect, status])).toEqual([
      ["reachable", "ok"],
      ["authenticated", "warning"],
    ]);
    expect(Math.abs(Date.now() - (healthy.storeTime ?? 0))).toBeLessThan(5000);
    const refused = await open("unknown").check(contextOf());
    expect(refused.findings[1]).toMatchObject({
      aspect: "authenticated",
      status: "failed",
      failure: "denied",
    });
  });
});
