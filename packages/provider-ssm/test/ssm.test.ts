import { SSM } from "@aws-sdk/client-ssm";
import { SecretValue, type SecretProvider } from "@sluice/core";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ssm } from "../src/index.js";
import { ask, contextOf, dependencies, listAll, readOne, textOf } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";

const moto = await openMoto();

describe.skipIf(!moto)("ssm against moto", () => {
  const { proxy, direct, close } = moto ?? NO_MOTO;
  const credentials = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };
  const aws = new SSM({ endpoint: direct, region: ENVIRONMENT.AWS_REGION, credentials });
  let provider: SecretProvider;
  let at: string;

  const write = async (name: string, Value: string, more: object = {}): Promise<unknown> =>
    aws.putParameter({ Name: name, Value, Type: "SecureString", Overwrite: true, ...more });

  beforeAll(() => {
    provider = ssm({ endpoint: proxy.address }).create(dependencies());
  });
  beforeEach(() => {
    proxy.reset();
    at = `/${randomUUID()}`;
  });
  afterAll(async () => {
    await provider[Symbol.asyncDispose]?.();
    aws.destroy();
    await close();
  });

  describe("reading", () => {
    it.each([
      ["text beyond ASCII", "Grüße, 世界 🔑"],
      ["several lines and white space around", "  -----BEGIN-----\r\nabc\n\n-----END-----\n\t"],
      ["4 KiB", "x".repeat(4096)],
      ["JSON", '{"a": "b"}'],
    ])("passes %s through", async (_, value) => {
      await write(`${at}/value`, value);
      expect(textOf(await readOne(provider, `${at}/value`))).toBe(value);
    });

    it("reads 8 KiB of the advanced tier, plain text and lists", async () => {
      await write(`${at}/large`, "y".repeat(8192), { Tier: "Advanced" });
      await write(`${at}/plain`, "plain", { Type: "String" });
      await write(`${at}/list`, "a,b", { Type: "StringList" });
      const outcomes = await provider.resolve(
        ["large", "plain", "list"].map((name) => ask(`${at}/${name}`)),
        contextOf(),
      );
      expect(outcomes.map(textOf)).toEqual(["y".repeat(8192), "plain", "a,b"]);
    });

    it("answers for what is missing beside what is there", async () => {
      await write(`${at}/a`, "A");
      const outcomes = await provider.resolve(
        [ask(`${at}/a`), ask(`${at}/gone`), ask("not a name"), ask(`${at}/a:1`)],
        contextOf(),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(["found", "not-found", "invalid", "invalid"]);
      expect(proxy.count("GetParameters")).toBe(1);
    });

    it("reads 100 parameters in 10 calls", async () => {
      const paths = Array.from({ length: 100 }, (_, n) => `${at}/p${n}`);
      await Promise.all(paths.map(async (path, n) => write(path, `value ${n}`)));
      const batches = Array.from({ length: 10 }, (_, n) => paths.slice(n * 10, n * 10 + 10));
      const outcomes = await Promise.all(
        batches.map(async (batch) =>
          provider.resolve(
            batch.map((path) => ask(path)),
            contextOf(),
          ),
        ),
      );
      expect(outcomes.flat().map(textOf)).toEqual(paths.map((_, n) => `value ${n}`));
      expect(proxy.count("GetParameters")).toBe(10);
    });

    it("takes the slash in front of a hierarchy as read, and a name without any as it is", async () => {
      await write(`${at}/a`, "in the hierarchy");
      await write(at.slice(1), "without");
      const outcomes = await provider.resolve([ask(`${at.slice(1)}/a`), ask(at.slice(1))], contextOf());
      expect(outcomes.map(textOf)).toEqual(["in the hierarchy", "without"]);
    });

    it("reads versions and labels of one parameter, together", async () => {
      await write(`${at}/v`, "one");
      await write(`${at}/v`, "two");
      await aws.labelParameterVersion({ Name: `${at}/v`, ParameterVersion: 1, Labels: ["first"] });
      const path = `${at}/v`;
      const outcomes = await provider.resolve(
        [
          ask(path),
          ask(path, { kind: "exact", version: "1" }),
          ask(path, { kind: "exact", version: "2" }),
          ask(path, { kind: "label", label: "first" }),
          ask(path, { kind: "exact", version: "3" }),
          ask(path, { kind: "label", label: "unknown" }),
          ask(path, { kind: "label", label: "1" }),
          ask(path, { kind: "exact", version: "first" }),
        ],
        contextOf(),
      );
      expect(
        outcomes.map((outcome) => (outcome.status === "found" ? textOf(outcome) : outcome.status)),
      ).toEqual(["two", "one", "two", "one", ...Array.from({ length: 4 }, () => "not-found")]);
      expect(outcomes[0]).toMatchObject({ version: "2", updatedAt: expect.any(Number) as number });
    });

    it("reads an ARN in its own region", async () => {
      const there = new SSM({ endpoint: direct, region: "us-west-2", credentials });
      await there.putParameter({ Name: `${at}/far`, Value: "far away", Type: "String" });
      const { Parameter } = await there.getParameter({ Name: `${at}/far` });
      there.destroy();
      const arn = Parameter?.ARN ?? "";
      expect(arn).toContain(":us-west-2:");
      expect(textOf(await readOne(provider, arn))).toBe("far away");
      expect(textOf(await readOne(provider, `${at}/far`))).toMatch(/^not-found/);
      expect(proxy.calls.map(({ region }) => region)).toEqual(["us-west-2", "eu-central-1"]);
    });

    it("sees a change at once, under another version", async () => {
      await write(`${at}/c`, "old");
      const first = await readOne(provider, `${at}/c`);
      await write(`${at}/c`, "new");
      const second = await readOne(provider, `${at}/c`);
      expect([textOf(first), textOf(second)]).toEqual(["old", "new"]);
      expect(first).toMatchObject({ version: "1" });
      expect(second).toMatchObject({ version: "2" });
    });
  });

  describe("listing", () => {
    it("lists in pages, with versions, and goes on at a token", async () => {
      const paths = Array.from({ length: 120 }, (_, n) => `${at}/n${String(n).padStart(3, "0")}`);
      await Promise.all(paths.map(async (path) => write(path, "x")));
      const pages = await listAll(provider, { prefix: `${at}/` });
      expect(pages.flatMap(({ items }) => items.map(({ path }) => path)).sort()).toEqual(paths);
      expect(pages.length).toBeGreaterThan(2);
      expect(pages.map(({ complete }) => complete)).toEqual([...pages.slice(1).map(() => false), true]);
      expect(pages[0]?.items[0]).toMatchObject({ version: "1", updatedAt: expect.any(Number) as number });
      const rest = await listAll(provider, { prefix: `${at}/`, pageToken: pages[0]?.nextPageToken ?? "" });
      expect(rest.flatMap(({ items }) => items)).toEqual(pages.slice(1).flatMap(({ items }) => items));
      expect(proxy.count("GetParametersByPath")).toBe(0);
    });

    it("matches a prefix by characters, and writes paths as the prefix is written", async () => {
      await write(`${at}/ab`, "x");
      await write(`${at}/b`, "x");
      const items = async (prefix: string): Promise<readonly string[]> =>
        (await listAll(provider, { prefix })).flatMap((page) => page.items.map(({ path }) => path));
      expect(await items(`${at}/a`)).toEqual([`${at}/ab`]);
      expect(await items(`${at.slice(1)}/a`)).toEqual([`${at.slice(1)}/ab`]);
      expect(await items(`${at}/c`)).toEqual([]);
    });

    it("rejects when it cannot go on", async () => {
      proxy.intercept(() => ({ status: 500, body: '{"__type":"InternalServerError"}' }));
      await expect(listAll(provider)).rejects.toMatchObject({
        name: "StoreError",
        failure: { status: "unavailable", reason: "InternalServerError" },
      });
    });
  });

  describe("writing", () => {
    const put = async (path: string, text: string, more: object = {}) =>
      provider.put?.({ path, value: SecretValue.fromText(text), ...more }, contextOf());

    it("creates and updates, as SecureString", async () => {
      expect(await put(`${at}/w`, "one")).toEqual({ status: "created", version: "1" });
      expect(await put(`${at}/w`, "two")).toEqual({ status: "updated", version: "2" });
      expect(textOf(await readOne(provider, `${at}/w`))).toBe("two");
      const { Parameter } = await aws.getParameter({ Name: `${at}/w` });
      expect(Parameter?.Type).toBe("SecureString");
    });

    it("creates once of many that want to", async () => {
      const condition = { ifAbsent: true };
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => put(`${at}/race`, `writer ${n}`, { condition })),
      );
      expect(outcomes.filter((outcome) => outcome?.status === "created")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome?.status === "exists")).toHaveLength(11);
      const winner = outcomes.findIndex((outcome) => outcome?.status === "created");
      expect(textOf(await readOne(provider, `${at}/race`))).toBe(`writer ${winner}`);
    });

    it("does not write again for the same key", async () => {
      const first = await put(`${at}/k`, "one", { idempotencyKey: "k" });
      expect(await put(`${at}/k`, "one", { idempotencyKey: "k" })).toEqual(first);
      expect(proxy.count("PutParameter")).toBe(1);
    });

    it("encrypts with the KMS key it is configured with", async () => {
      const store = ssm({ endpoint: proxy.address, write: { kmsKeyId: "alias/shop" } }).create(
        dependencies(),
      );
      const value = SecretValue.fromText("x");
      expect(await store.put?.({ path: `${at}/kms`, value }, contextOf())).toMatchObject({
        status: "created",
      });
      const filter = { Key: "Name", Option: "Equals", Values: [`${at}/kms`] };
      const { Parameters } = await aws.describeParameters({ ParameterFilters: [filter] });
      expect(Parameters?.map(({ KeyId }) => KeyId)).toEqual(["alias/shop"]);
      expect(textOf(await readOne(store, `${at}/kms`))).toBe("x");
      await store[Symbol.asyncDispose]?.();
    });

    it("refuses what cannot be held, and leaves what is there", async () => {
      await put(`${at}/r`, "old");
      const bytes = SecretValue.fromBytes(Uint8Array.of(0xff, 0xfe));
      expect(await put(`${at}/r`, "")).toMatchObject({ status: "invalid" });
      expect(await put(`${at}/r`, "z".repeat(4097))).toMatchObject({ status: "invalid" });
      expect(await provider.put?.({ path: `${at}/r`, value: bytes }, contextOf())).toMatchObject({
        status: "invalid",
        reason: "not-text",
      });
      expect(textOf(await readOne(provider, `${at}/r`))).toBe("old");
    });

    it("deletes", async () => {
      await put(`${at}/d`, "x");
      expect(await provider.delete?.({ path: `${at}/d` }, contextOf())).toEqual({ status: "deleted" });
      expect(await provider.delete?.({ path: `${at}/d` }, contextOf())).toMatchObject({
        status: "not-found",
      });
      expect(await provider.delete?.({ path: `${at}/d`, ifVersion: "1" }, contextOf())).toMatchObject({
        status: "unsupported",
      });
      expect(textOf(await readOne(provider, `${at}/d`))).toMatch(/^not-found/);
    });
  });

  describe("failing", () => {
    it("splits a batch that is refused as a whole, once", async () => {
      const paths = Array.from({ length: 10 }, (_, n) => `${at}/s${n}`);
      await Promise.all(paths.map(async (path) => write(path, path)));
      const bad = `${at}/s3`;
      proxy.intercept(({ body }) =>
        body.includes(bad)
          ? { status: 400, body: '{"__type":"ValidationException","message":"bad /s3"}' }
          : undefined,
      );
      const outcomes = await provider.resolve(
        paths.map((path) => ask(path)),
        contextOf(),
      );
      expect(outcomes.filter(({ status }) => status === "found")).toHaveLength(9);
      expect(outcomes[3]).toMatchObject({ status: "invalid", reason: "ValidationException" });
      expect(proxy.count("GetParameters")).toBe(11);
    });

    // moto lets any KMS key encrypt; what AWS answers for one that it cannot use is put in its place.
    it.each([
      ["InvalidKeyId", "invalid"],
      ["AccessDeniedException", "denied"],
    ])("tells the parameter whose KMS key is of no use from its neighbours: %s", async (name, status) => {
      await write(`${at}/k1`, "one");
      await write(`${at}/k2`, "two");
      proxy.intercept(({ body }) =>
        body.includes(`${at}/k2`)
          ? { status: 400, body: JSON.stringify({ __type: name, message: "canary" }) }
          : undefined,
      );
      const outcomes = await provider.resolve([ask(`${at}/k1`), ask(`${at}/k2`)], contextOf());
      expect(textOf(outcomes[0])).toBe("one");
      expect(outcomes[1]).toMatchObject({ status, reason: name, remedy: expect.stringMatching(/key/) });
      expect(JSON.stringify(outcomes)).not.toContain("canary");
    });

    it("passes throttling on with the time to wait, without trying again", async () => {
      proxy.intercept(() => ({
        status: 400,
        headers: { "retry-after": "7" },
        body: '{"__type":"ThrottlingException","message":"Rate exceeded"}',
      }));
      const outcomes = await provider.resolve([ask(`${at}/a`), ask(`${at}/b`)], contextOf());
      expect(outcomes).toMatchObject([
        { status: "throttled", reason: "ThrottlingException", retryAfterMs: 7000 },
        { status: "throttled" },
      ]);
      expect(proxy.calls).toHaveLength(1);
    });

    it("asks for nothing again when our credentials are refused", async () => {
      proxy.intercept(() => ({ status: 400, body: '{"__type":"ExpiredTokenException"}' }));
      const outcomes = await provider.resolve([ask(`${at}/a`), ask(`${at}/b`)], contextOf());
      expect(outcomes.map(({ status }) => status)).toEqual(["denied", "denied"]);
      expect(proxy.calls).toHaveLength(1);
    });

    it("does not retry a server that fails", async () => {
      proxy.intercept(() => ({ status: 503, body: "<html>the value canary-503 in a page</html>" }));
      const outcome = await readOne(provider, `${at}/a`);
      expect(outcome.status).toBe("unavailable");
      expect(inspect(outcome, { depth: 9 })).not.toContain("canary");
      expect(proxy.calls).toHaveLength(1);
    });

    it("tells nothing of what AWS says", async () => {
      const canary = `canary-${randomUUID()}`;
      proxy.intercept(() => ({ status: 400, body: JSON.stringify({ __type: "Odd", message: canary }) }));
      const value = SecretValue.fromText(canary);
      const put = await provider.put?.({ path: `${at}/a`, value }, contextOf());
      const listing: unknown = await listAll(provider).catch((error: unknown) => error);
      const all = [await readOne(provider, `${at}/a`), put, listing, await provider.check?.(contextOf())];
      expect(inspect(all, { depth: 9, showHidden: true })).not.toContain(canary);
      expect(JSON.stringify(all)).not.toContain(canary);
      expect(put).toMatchObject({ status: "invalid", reason: "Odd" });
    });

    it("is unavailable when nobody listens", async () => {
      const lost = ssm({ endpoint: "http://127.0.0.1:1" }).create(dependencies());
      expect(await readOne(lost, "a")).toMatchObject({ status: "unavailable", reason: "ECONNREFUSED" });
      const { findings } = (await lost.check?.(contextOf())) ?? { findings: [] };
      expect(findings).toMatchObject([{ aspect: "reachable", status: "failed" }]);
      await lost[Symbol.asyncDispose]?.();
    });

    it("is unavailable at the deadline when AWS does not answer, and hangs up", async () => {
      proxy.intercept(() => "hang");
      const begin = Date.now();
      const context = contextOf({ deadline: begin + 500 });
      expect(await readOne(provider, `${at}/a`, undefined, context)).toMatchObject({
        status: "unavailable",
        reason: "deadline",
      });
      expect(Date.now() - begin).toBeLessThan(2500);
      await expect.poll(() => proxy.underWay()).toBe(0);
    });

    it("ends with the signal's reason and hangs up when nobody waits any more", async () => {
      proxy.intercept(() => "hang");
      const abort = new AbortController();
      const reading = readOne(provider, `${at}/a`, undefined, contextOf({ signal: abort.signal }));
      await expect.poll(() => proxy.underWay(), { timeout: 5000 }).toBe(1);
      const reason = new Error("enough");
      abort.abort(reason);
      await expect(reading).rejects.toBe(reason);
      await expect.poll(() => proxy.underWay()).toBe(0);
      proxy.reset();
      expect(textOf(await readOne(provider, `${at}/a`))).toMatch(/^not-found/);
    });

    it("asks nothing when the signal has aborted before", async () => {
      const reason = new Error("too late");
      const context = contextOf({ signal: AbortSignal.abort(reason) });
      const value = SecretValue.fromText("x");
      await expect(provider.resolve([ask(`${at}/a`)], context)).rejects.toBe(reason);
      await expect(provider.put?.({ path: `${at}/a`, value }, context)).rejects.toBe(reason);
      await expect(provider.delete?.({ path: `${at}/a` }, context)).rejects.toBe(reason);
      await expect(provider.check?.(context)).rejects.toBe(reason);
      await expect(Array.fromAsync(provider.list?.({}, context) ?? [])).rejects.toBe(reason);
      expect(proxy.calls).toHaveLength(0);
    });

    it("needs a region", async () => {
      const { AWS_REGION: _, ...environment } = ENVIRONMENT;
      const nowhere = ssm({ endpoint: proxy.address }).create(dependencies(environment));
      expect(await readOne(nowhere, "a")).toMatchObject({ status: "invalid", reason: "RegionMissing" });
    });
  });

  it("checks with one call, and tells the store's time", async () => {
    const result = await provider.check?.(contextOf());
    expect(result?.findings.map(({ status }) => status)).toEqual(["ok", "ok"]);
    expect(Math.abs((result?.storeTime ?? 0) - Date.now())).toBeLessThan(5000);
    expect(proxy.calls).toHaveLength(1);
  });

  it("closes its connections when it is disposed of, used or not", async () => {
    const before = proxy.connections();
    const other = ssm({ endpoint: proxy.address }).create(dependencies());
    await readOne(other, `${at}/a`);
    await readOne(other, `${at}/b`);
    expect(proxy.connections()).toBe(before + 1);
    await other[Symbol.asyncDispose]?.();
    await expect.poll(() => proxy.connections()).toBe(before);
    await ssm({}).create(dependencies())[Symbol.asyncDispose]?.();
  });
});
