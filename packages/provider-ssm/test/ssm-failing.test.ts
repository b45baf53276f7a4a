import { SecretValue } from "@sluice/core";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ssm } from "../src/index.js";
import { ask, contextOf, dependencies, listAll, readOne, textOf } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";
import { ssmStore } from "./ssm-store.js";

const moto = await openMoto();

describe.skipIf(!moto)("Parameter Store of moto that fails", () => {
  const { proxy } = moto ?? NO_MOTO;
  const store = ssmStore(moto ?? NO_MOTO);
  const { write } = store;

  it("splits a batch that is refused as a whole, once", async () => {
    const paths = Array.from({ length: 10 }, (_, n) => `${store.at}/s${n}`);
    await Promise.all(paths.map(async (path) => write(path, path)));
    const bad = `${store.at}/s3`;
    proxy.intercept(({ body }) =>
      body.includes(bad)
        ? { status: 400, body: '{"__type":"ValidationException","message":"bad /s3"}' }
        : undefined,
    );
    const outcomes = await store.provider.resolve(
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
    await write(`${store.at}/k1`, "one");
    await write(`${store.at}/k2`, "two");
    proxy.intercept(({ body }) =>
      body.includes(`${store.at}/k2`)
        ? { status: 400, body: JSON.stringify({ __type: name, message: "canary" }) }
        : undefined,
    );
    const outcomes = await store.provider.resolve(
      [ask(`${store.at}/k1`), ask(`${store.at}/k2`)],
      contextOf(),
    );
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
    const outcomes = await store.provider.resolve([ask(`${store.at}/a`), ask(`${store.at}/b`)], contextOf());
    expect(outcomes).toMatchObject([
      { status: "throttled", reason: "ThrottlingException", retryAfterMs: 7000 },
      { status: "throttled" },
    ]);
    expect(proxy.calls).toHaveLength(1);
  });

  it("asks for nothing again when our credentials are refused", async () => {
    proxy.intercept(() => ({ status: 400, body: '{"__type":"ExpiredTokenException"}' }));
    const outcomes = await store.provider.resolve([ask(`${store.at}/a`), ask(`${store.at}/b`)], contextOf());
    expect(outcomes.map(({ status }) => status)).toEqual(["denied", "denied"]);
    expect(proxy.calls).toHaveLength(1);
  });

  it("does not retry a server that fails", async () => {
    proxy.intercept(() => ({ status: 503, body: "<html>the value canary-503 in a page</html>" }));
    const outcome = await readOne(store.provider, `${store.at}/a`);
    expect(outcome.status).toBe("unavailable");
    expect(inspect(outcome, { depth: 9 })).not.toContain("canary");
    expect(proxy.calls).toHaveLength(1);
  });

  it("tells nothing of what AWS says", async () => {
    const canary = `canary-${randomUUID()}`;
    proxy.intercept(() => ({ status: 400, body: JSON.stringify({ __type: "Odd", message: canary }) }));
    const value = SecretValue.fromText(canary);
    const put = await store.provider.put?.({ path: `${store.at}/a`, value }, contextOf());
    const listing: unknown = await listAll(store.provider).catch((error: unknown) => error);
    const all = [
      await readOne(store.provider, `${store.at}/a`),
      put,
      listing,
      await store.provider.check?.(contextOf()),
    ];
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
    expect(await readOne(store.provider, `${store.at}/a`, undefined, context)).toMatchObject({
      status: "unavailable",
      reason: "deadline",
    });
    expect(Date.now() - begin).toBeLessThan(2500);
    await expect.poll(() => proxy.underWay()).toBe(0);
  });

  it("ends with the signal's reason and hangs up when nobody waits any more", async () => {
    proxy.intercept(() => "hang");
    const abort = new AbortController();
    const reading = readOne(store.provider, `${store.at}/a`, undefined, contextOf({ signal: abort.signal }));
    await expect.poll(() => proxy.underWay(), { timeout: 5000 }).toBe(1);
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect.poll(() => proxy.underWay()).toBe(0);
    proxy.reset();
    expect(textOf(await readOne(store.provider, `${store.at}/a`))).toMatch(/^not-found/);
  });

  it("asks nothing when the signal has aborted before", async () => {
    const reason = new Error("too late");
    const context = contextOf({ signal: AbortSignal.abort(reason) });
    const value = SecretValue.fromText("x");
    await expect(store.provider.resolve([ask(`${store.at}/a`)], context)).rejects.toBe(reason);
    await expect(store.provider.put?.({ path: `${store.at}/a`, value }, context)).rejects.toBe(reason);
    await expect(store.provider.delete?.({ path: `${store.at}/a` }, context)).rejects.toBe(reason);
    await expect(store.provider.check?.(context)).rejects.toBe(reason);
    await expect(Array.fromAsync(store.provider.list?.({}, context) ?? [])).rejects.toBe(reason);
    expect(proxy.calls).toHaveLength(0);
  });

  it("needs a region", async () => {
    const { AWS_REGION: _, ...environment } = ENVIRONMENT;
    const nowhere = ssm({ endpoint: proxy.address }).create(dependencies(environment));
    expect(await readOne(nowhere, "a")).toMatchObject({ status: "invalid", reason: "RegionMissing" });
  });
});
