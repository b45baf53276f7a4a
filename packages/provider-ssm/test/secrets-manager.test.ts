import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SecretValue, type SecretProvider } from "@sluice/core";
import { randomBytes, randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { secretsManager } from "../src/index.js";
import { ask, contextOf, dependencies, listAll, readOne, textOf } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";

const moto = await openMoto();

describe.skipIf(!moto)("secrets-manager against moto", () => {
  const { proxy, direct, close } = moto ?? NO_MOTO;
  const credentials = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };
  const aws = new SecretsManager({ endpoint: direct, region: ENVIRONMENT.AWS_REGION, credentials });
  let provider: SecretProvider;
  let at: string;

  const write = async (Name: string, SecretString: string) => aws.createSecret({ Name, SecretString });

  beforeAll(() => {
    provider = secretsManager({ endpoint: proxy.address }).create(dependencies());
  });
  beforeEach(() => {
    proxy.reset();
    at = randomUUID();
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
      ["64 KiB", "x".repeat(65_536)],
      ["JSON", '{"user": "a", "password": "b"}'],
    ])("passes %s through, alone and in a batch", async (_, value) => {
      await write(`${at}/a`, value);
      await write(`${at}/b`, value);
      expect(textOf(await readOne(provider, `${at}/a`))).toBe(value);
      const outcomes = await provider.resolve([ask(`${at}/a`), ask(`${at}/b`)], contextOf());
      expect(outcomes.map(textOf)).toEqual([value, value]);
      expect(proxy.calls.map(({ operation }) => operation)).toEqual([
        "GetSecretValue",
        "BatchGetSecretValue",
      ]);
    });

    it("passes bytes through", async () => {
      const bytes = Uint8Array.from(randomBytes(1000));
      bytes[0] = 0xff;
      await aws.createSecret({ Name: `${at}/bin`, SecretBinary: bytes });
      await write(`${at}/text`, "text");
      const outcomes = await provider.resolve([ask(`${at}/bin`), ask(`${at}/text`)], contextOf());
      expect(outcomes[0]?.status === "found" && (outcomes[0].value as SecretValue).bytes()).toEqual(bytes);
      expect(outcomes[0]).toMatchObject({
        version: expect.any(String) as string,
        updatedAt: expect.any(Number) as number,
      });
    });

    it("answers for each of a batch", async () => {
      await write(`${at}/a`, "A");
      await write(`${at}/deleted`, "D");
      await aws.deleteSecret({ SecretId: `${at}/deleted` });
      const outcomes = await provider.resolve(
        [`${at}/a`, `${at}/gone`, `${at}/deleted`, "not a name", `${at}/a`].map((path, n) => ({
          ...ask(path),
          id: String(n),
        })),
        contextOf(),
      );
      expect(outcomes.map((outcome) => (outcome.status === "found" ? "found" : outcome.reason))).toEqual([
        "found",
        "ResourceNotFoundException",
        "scheduled-for-deletion",
        "secret-name",
        "found",
      ]);
      expect(outcomes.map(({ status }) => status).slice(1, 4)).toEqual(["not-found", "not-found", "invalid"]);
      expect(proxy.calls).toHaveLength(1);
      expect(await readOne(provider, `${at}/deleted`)).toMatchObject({
        status: "not-found",
        reason: "scheduled-for-deletion",
      });
    });

    it("reads 60 secrets in 3 calls", async () => {
      const paths = Array.from({ length: 60 }, (_, n) => `${at}/p${n}`);
      await Promise.all(paths.map(async (path, n) => write(path, `value ${n}`)));
      const batches = [0, 20, 40].map((n) => paths.slice(n, n + 20));
      const outcomes = await Promise.all(
        batches.map(async (batch) =>
          provider.resolve(
            batch.map((path) => ask(path)),
            contextOf(),
          ),
        ),
      );
      expect(outcomes.flat().map(textOf)).toEqual(paths.map((_, n) => `value ${n}`));
      expect(proxy.calls).toHaveLength(3);
    });

    it("reads versions and stages, together with the latest", async () => {
      const { VersionId: one = "" } = await write(`${at}/v`, "one");
      const { VersionId: two = "" } = await aws.putSecretValue({ SecretId: `${at}/v`, SecretString: "two" });
      const path = `${at}/v`;
      const outcomes = await provider.resolve(
        [
          ask(path),
          ask(path, { kind: "exact", version: one }),
          ask(path, { kind: "exact", version: two }),
          ask(path, { kind: "label", label: "AWSPREVIOUS" }),
          ask(path, { kind: "exact", version: randomUUID() }),
          ask(path, { kind: "exact", version: "3" }),
          ask(path, { kind: "label", label: "UNKNOWN" }),
        ],
        contextOf(),
      );
      expect(
        outcomes.map((outcome) => (outcome.status === "found" ? textOf(outcome) : outcome.status)),
      ).toEqual(["two", "one", "two", "one", "not-found", "not-found", "not-found"]);
      expect(outcomes[0]).toMatchObject({ version: two });
    });

    it("reads ARNs, whole and without their random end, in their own regions", async () => {
      const there = new SecretsManager({ endpoint: direct, region: "us-west-2", credentials });
      const { ARN: arn = "" } = await there.createSecret({ Name: `${at}/far`, SecretString: "far away" });
      there.destroy();
      await write(`${at}/near`, "near");
      const paths = [arn, arn.replace(/-\w{6}$/, ""), `${at}/near`];
      const outcomes = await provider.resolve(
        paths.map((path) => ask(path)),
        contextOf(),
      );
      expect(outcomes.map(textOf)).toEqual(["far away", "far away", "near"]);
      expect(proxy.calls).toHaveLength(2);
      expect(new Set(proxy.calls.map(({ region }) => region))).toEqual(
        new Set(["eu-central-1", "us-west-2"]),
      );
    });

    it("reads one by one, once, when the batch is refused as a whole", async () => {
      await write(`${at}/a`, "A");
      await write(`${at}/b`, "B");
      proxy.intercept(({ operation, body }) =>
        operation === "BatchGetSecretValue" || body.includes(`${at}/b`)
          ? { status: 400, body: '{"__type":"AccessDeniedException"}' }
          : undefined,
      );
      const outcomes = await provider.resolve([ask(`${at}/a`), ask(`${at}/b`)], contextOf());
      expect(outcomes.map(textOf)).toEqual(["A", "denied: AccessDeniedException"]);
      expect(proxy.calls).toHaveLength(3);
    });

    it("tells a key that does not decrypt from a secret that may not be read", async () => {
      proxy.intercept(() => ({ status: 400, body: '{"__type":"DecryptionFailure"}' }));
      expect(await readOne(provider, `${at}/a`)).toMatchObject({
        status: "denied",
        reason: "DecryptionFailure",
        message: "cannot be decrypted or encrypted with its KMS key",
      });
    });
  });

  it("lists in pages, with the versions that reading gives", async () => {
    const paths = Array.from({ length: 130 }, (_, n) => `${at}/n${String(n).padStart(3, "0")}`);
    await Promise.all(paths.map(async (path) => write(path, "x")));
    await aws.deleteSecret({ SecretId: `${at}/n000` });
    const pages = await listAll(provider, { prefix: `${at}/n` });
    const items = pages.flatMap((page) => page.items);
    expect(items.map(({ path }) => path).sort()).toEqual(paths.slice(1));
    expect(pages.map(({ complete }) => complete)).toEqual([false, true]);
    const one = items[7];
    expect(await readOne(provider, one?.path ?? "")).toMatchObject({ version: one?.version });
    const rest = await listAll(provider, { prefix: `${at}/n`, pageToken: pages[0]?.nextPageToken ?? "" });
    expect(rest.flatMap((page) => page.items)).toEqual(pages[1]?.items);
  });

  describe("writing", () => {
    const put = async (path: string, value: string | Uint8Array, more: object = {}, by = provider) =>
      by.put?.(
        {
          path,
          value: typeof value === "string" ? SecretValue.fromText(value) : SecretValue.fromBytes(value),
          ...more,
        },
        contextOf(),
      );

    it("creates and updates text and bytes", async () => {
      const created = await put(`${at}/w`, "one");
      expect(created).toMatchObject({ status: "created", version: expect.any(String) as string });
      const bytes = Uint8Array.of(0xff, 0, 1);
      const updated = await put(`${at}/w`, bytes);
      expect(updated).toMatchObject({ status: "updated" });
      const outcome = await readOne(provider, `${at}/w`);
      expect(outcome.status === "found" && (outcome.value as SecretValue).bytes()).toEqual(bytes);
      expect(outcome).toMatchObject({ version: (updated as { version: string }).version });
    });

    it("creates once of many that want to", async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, async (_, n) =>
          put(`${at}/race`, `writer ${n}`, { condition: { ifAbsent: true } }),
        ),
      );
      expect(outcomes.filter((outcome) => outcome?.status === "created")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome?.status === "exists")).toHaveLength(11);
    });

    it("knows its own write again by the key, also in another process", async () => {
      const request = { condition: { ifAbsent: true }, idempotencyKey: "k" };
      const first = await put(`${at}/k`, "one", request);
      expect(await put(`${at}/k`, "one", request)).toEqual(first);
      expect(proxy.count("CreateSecret")).toBe(1);
      const other = secretsManager({ endpoint: proxy.address }).create(dependencies());
      expect(await put(`${at}/k`, "one", request, other)).toEqual(first);
      expect(await put(`${at}/k`, "one", { ...request, idempotencyKey: "l" }, other)).toEqual({
        status: "exists",
      });
      await other[Symbol.asyncDispose]?.();
    });

    it("encrypts what it creates with the KMS key it is configured with", async () => {
      const store = secretsManager({ endpoint: proxy.address, kmsKeyId: "alias/shop" }).create(
        dependencies(),
      );
      const value = SecretValue.fromText("x");
      expect(await store.put?.({ path: `${at}/kms`, value }, contextOf())).toMatchObject({
        status: "created",
      });
      expect((await aws.describeSecret({ SecretId: `${at}/kms` })).KmsKeyId).toBe("alias/shop");
      await store[Symbol.asyncDispose]?.();
    });

    it("refuses what cannot be held", async () => {
      expect(await put(`${at}/r`, "")).toMatchObject({ status: "invalid", reason: "empty-value" });
      expect(await put(`${at}/r`, "z".repeat(65_537))).toMatchObject({
        status: "invalid",
        reason: "too-large",
      });
      const arn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${at}-AbCdEf`;
      expect(await put(arn, "x")).toMatchObject({ status: "invalid", reason: "create-by-arn" });
      expect(textOf(await readOne(provider, `${at}/r`))).toMatch(/^not-found/);
    });

    it("deletes, with a recovery window", async () => {
      await put(`${at}/d`, "x");
      expect(await provider.delete?.({ path: `${at}/d` }, contextOf())).toEqual({ status: "deleted" });
      expect(textOf(await readOne(provider, `${at}/d`))).toBe("not-found: scheduled-for-deletion");
      expect(await provider.delete?.({ path: `${at}/d` }, contextOf())).toMatchObject({
        status: "not-found",
      });
      // moto lets one write all the same; AWS says this.
      const message = "You can't perform this operation on the secret because it was marked for deletion.";
      const body = JSON.stringify({ __type: "InvalidRequestException", message });
      proxy.intercept(() => ({ status: 400, body }));
      expect(await put(`${at}/d`, "y")).toMatchObject({
        status: "conflict",
        reason: "scheduled-for-deletion",
      });
      proxy.reset();
      await aws.restoreSecret({ SecretId: `${at}/d` });
      expect(textOf(await readOne(provider, `${at}/d`))).toBe("x");
    });

    it("deletes at once and for good when told to", async () => {
      const options = { endpoint: proxy.address, recoveryWindowDays: 0 };
      const final = secretsManager(options).create(dependencies());
      await put(`${at}/d`, "x");
      expect(await final.delete?.({ path: `${at}/d` }, contextOf())).toEqual({ status: "deleted" });
      expect(await final.delete?.({ path: `${at}/d` }, contextOf())).toMatchObject({ status: "not-found" });
      expect(await put(`${at}/d`, "again")).toMatchObject({ status: "created" });
      await final[Symbol.asyncDispose]?.();
    });
  });

  describe("failing", () => {
    it("tells nothing of what AWS says, of a batch's items either", async () => {
      const canary = `canary-${randomUUID()}`;
      proxy.intercept(({ operation }) =>
        operation === "BatchGetSecretValue"
          ? {
              status: 200,
              body: JSON.stringify({ Errors: [{ SecretId: "a", ErrorCode: "Odd", Message: canary }] }),
            }
          : { status: 400, body: JSON.stringify({ __type: "Odd", message: canary }) },
      );
      const batch = await provider.resolve([ask("a"), ask("b")], contextOf());
      expect(batch).toMatchObject([
        { status: "invalid", reason: "Odd" },
        { status: "unavailable", reason: "not-answered" },
      ]);
      const value = SecretValue.fromText(canary);
      const put = await provider.put?.({ path: "a", value }, contextOf());
      const listing: unknown = await listAll(provider).catch((error: unknown) => error);
      const all = [batch, await readOne(provider, "a"), put, listing, await provider.check?.(contextOf())];
      expect(inspect(all, { depth: 9, showHidden: true })).not.toContain(canary);
    });

    it("ends with the signal's reason and hangs up when nobody waits any more", async () => {
      proxy.intercept(() => "hang");
      const abort = new AbortController();
      const requests = [ask("a"), ask("b"), ask("c", { kind: "label", label: "AWSPREVIOUS" })];
      const reading = provider.resolve(requests, contextOf({ signal: abort.signal }));
      await expect.poll(() => proxy.underWay(), { timeout: 5000 }).toBe(2);
      const reason = new Error("enough");
      abort.abort(reason);
      await expect(reading).rejects.toBe(reason);
      await expect.poll(() => proxy.underWay()).toBe(0);
    });
  });

  it("checks with one call; may not list is a warning, unknown credentials are a failure", async () => {
    const healthy = await provider.check?.(contextOf());
    expect(healthy?.findings.map(({ status }) => status)).toEqual(["ok", "ok"]);
    expect(Math.abs((healthy?.storeTime ?? 0) - Date.now())).toBeLessThan(5000);
    expect(proxy.calls).toHaveLength(1);
    proxy.intercept(() => ({ status: 400, body: '{"__type":"AccessDeniedException"}' }));
    const unlisted = await provider.check?.(contextOf());
    expect(unlisted?.findings.at(-1)).toMatchObject({ aspect: "listing", status: "warning" });
    proxy.intercept(() => ({ status: 400, body: '{"__type":"UnrecognizedClientException"}' }));
    const unknown = await provider.check?.(contextOf());
    expect(unknown?.findings.at(-1)).toMatchObject({ aspect: "authenticated", status: "failed" });
  });
});
