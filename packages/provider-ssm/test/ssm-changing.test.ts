import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { ssm } from "../src/index.js";
import { contextOf, dependencies, listAll, readOne, textOf } from "./ask.js";
import { NO_MOTO, openMoto } from "./open-moto.js";
import { ssmStore } from "./ssm-store.js";

const moto = await openMoto();

describe.skipIf(!moto)("listing and writing parameters of moto", () => {
  const { proxy } = moto ?? NO_MOTO;
  const store = ssmStore(moto ?? NO_MOTO);
  const { aws, write } = store;

  describe("listing", () => {
    it("lists in pages, with versions, and goes on at a token", async () => {
      const paths = Array.from({ length: 120 }, (_, n) => `${store.at}/n${String(n).padStart(3, "0")}`);
      await Promise.all(paths.map(async (path) => write(path, "x")));
      const pages = await listAll(store.provider, { prefix: `${store.at}/` });
      expect(pages.flatMap(({ items }) => items.map(({ path }) => path)).sort()).toEqual(paths);
      expect(pages.length).toBeGreaterThan(2);
      expect(pages.map(({ complete }) => complete)).toEqual([...pages.slice(1).map(() => false), true]);
      expect(pages[0]?.items[0]).toMatchObject({ version: "1", updatedAt: expect.any(Number) as number });
      const rest = await listAll(store.provider, {
        prefix: `${store.at}/`,
        pageToken: pages[0]?.nextPageToken ?? "",
      });
      expect(rest.flatMap(({ items }) => items)).toEqual(pages.slice(1).flatMap(({ items }) => items));
      expect(proxy.count("GetParametersByPath")).toBe(0);
    });

    it("matches a prefix by characters, and writes paths as the prefix is written", async () => {
      await write(`${store.at}/ab`, "x");
      await write(`${store.at}/b`, "x");
      const items = async (prefix: string): Promise<readonly string[]> =>
        (await listAll(store.provider, { prefix })).flatMap((page) => page.items.map(({ path }) => path));
      expect(await items(`${store.at}/a`)).toEqual([`${store.at}/ab`]);
      expect(await items(`${store.at.slice(1)}/a`)).toEqual([`${store.at.slice(1)}/ab`]);
      expect(await items(`${store.at}/c`)).toEqual([]);
    });

    it("rejects when it cannot go on", async () => {
      proxy.intercept(() => ({ status: 500, body: '{"__type":"InternalServerError"}' }));
      await expect(listAll(store.provider)).rejects.toMatchObject({
        name: "StoreError",
        failure: { status: "unavailable", reason: "InternalServerError" },
      });
    });
  });

  describe("writing", () => {
    const put = async (path: string, text: string, more: object = {}) =>
      store.provider.put?.({ path, value: SecretValue.fromText(text), ...more }, contextOf());

    it("creates and updates, as SecureString", async () => {
      expect(await put(`${store.at}/w`, "one")).toEqual({ status: "created", version: "1" });
      expect(await put(`${store.at}/w`, "two")).toEqual({ status: "updated", version: "2" });
      expect(textOf(await readOne(store.provider, `${store.at}/w`))).toBe("two");
      const { Parameter } = await aws.getParameter({ Name: `${store.at}/w` });
      expect(Parameter?.Type).toBe("SecureString");
    });

    it("creates once of many that want to", async () => {
      const condition = { ifAbsent: true };
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => put(`${store.at}/race`, `writer ${n}`, { condition })),
      );
      expect(outcomes.filter((outcome) => outcome?.status === "created")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome?.status === "exists")).toHaveLength(11);
      const winner = outcomes.findIndex((outcome) => outcome?.status === "created");
      expect(textOf(await readOne(store.provider, `${store.at}/race`))).toBe(`writer ${winner}`);
    });

    it("does not write again for the same key", async () => {
      const first = await put(`${store.at}/k`, "one", { idempotencyKey: "k" });
      expect(await put(`${store.at}/k`, "one", { idempotencyKey: "k" })).toEqual(first);
      expect(proxy.count("PutParameter")).toBe(1);
    });

    it("encrypts with the KMS key it is configured with", async () => {
      const encrypting = ssm({ endpoint: proxy.address, write: { kmsKeyId: "alias/shop" } }).create(
        dependencies(),
      );
      const value = SecretValue.fromText("x");
      expect(await encrypting.put?.({ path: `${store.at}/kms`, value }, contextOf())).toMatchObject({
        status: "created",
      });
      const filter = { Key: "Name", Option: "Equals", Values: [`${store.at}/kms`] };
      const { Parameters } = await aws.describeParameters({ ParameterFilters: [filter] });
      expect(Parameters?.map(({ KeyId }) => KeyId)).toEqual(["alias/shop"]);
      expect(textOf(await readOne(encrypting, `${store.at}/kms`))).toBe("x");
      await encrypting[Symbol.asyncDispose]?.();
    });

    it("refuses what cannot be held, and leaves what is there", async () => {
      await put(`${store.at}/r`, "old");
      const bytes = SecretValue.fromBytes(Uint8Array.of(0xff, 0xfe));
      expect(await put(`${store.at}/r`, "")).toMatchObject({ status: "invalid" });
      expect(await put(`${store.at}/r`, "z".repeat(4097))).toMatchObject({ status: "invalid" });
      expect(await store.provider.put?.({ path: `${store.at}/r`, value: bytes }, contextOf())).toMatchObject({
        status: "invalid",
        reason: "not-text",
      });
      expect(textOf(await readOne(store.provider, `${store.at}/r`))).toBe("old");
    });

    it("deletes", async () => {
      await put(`${store.at}/d`, "x");
      expect(await store.provider.delete?.({ path: `${store.at}/d` }, contextOf())).toEqual({
        status: "deleted",
      });
      expect(await store.provider.delete?.({ path: `${store.at}/d` }, contextOf())).toMatchObject({
        status: "not-found",
      });
      expect(
        await store.provider.delete?.({ path: `${store.at}/d`, ifVersion: "1" }, contextOf()),
      ).toMatchObject({
        status: "unsupported",
      });
      expect(textOf(await readOne(store.provider, `${store.at}/d`))).toMatch(/^not-found/);
    });
  });

  it("checks with one call, and tells the store's time", async () => {
    const result = await store.provider.check?.(contextOf());
    expect(result?.findings.map(({ status }) => status)).toEqual(["ok", "ok"]);
    expect(Math.abs((result?.storeTime ?? 0) - Date.now())).toBeLessThan(5000);
    expect(proxy.calls).toHaveLength(1);
  });

  it("closes its connections when it is disposed of, used or not", async () => {
    const before = proxy.connections();
    const other = ssm({ endpoint: proxy.address }).create(dependencies());
    await readOne(other, `${store.at}/a`);
    await readOne(other, `${store.at}/b`);
    expect(proxy.connections()).toBe(before + 1);
    await other[Symbol.asyncDispose]?.();
    await expect.poll(() => proxy.connections()).toBe(before);
    await ssm({}).create(dependencies())[Symbol.asyncDispose]?.();
  });
});
