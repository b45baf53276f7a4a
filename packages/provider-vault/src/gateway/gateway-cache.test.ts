import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { GatewayAnswer, GatewayRequest } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GatewayCache } from "./gateway-cache.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));
afterEach(() => void vi.useRealTimers());

const CREDS = "/v1/database/creds/app";
const { signal } = new AbortController();

function answerOf(body: unknown, more: Partial<GatewayAnswer> = {}): GatewayAnswer {
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: Readable.from([bytes]),
    ...more,
  };
}

/** A server that issues another lease each time, for 100 seconds. */
class Issuing {
  asked = 0;
  readonly cache = new GatewayCache((thrown) => new Error("broken", { cause: thrown }));

  readonly issue = async (): Promise<GatewayAnswer> => {
    this.asked += 1;
    const lease = { lease_id: `lease/${this.asked}`, lease_duration: 100, renewable: true };
    return answerOf({ ...lease, data: { n: this.asked } });
  };

  /** What came, and whether from the cache. */
  async get(own?: string, request: Partial<GatewayRequest> = {}, ask = this.issue) {
    const whole = { method: "GET", path: CREDS, headers: {}, login: "absent", ...request } as const;
    const { cache, body } = await this.cache.answer(whole, own, ask, signal);
    const read = JSON.parse((await text(body)) || "{}") as { data?: { n: number }; lease_duration?: number };
    return { cache, n: read.data?.n, left: read.lease_duration };
  }

  async post(path: string, body: object, own?: string, headers = {}) {
    const done = async (): Promise<GatewayAnswer> => answerOf({}, { status: 204, body: Readable.from([]) });
    return this.get(own, { method: "PUT", path, body: Buffer.from(JSON.stringify(body)), headers }, done);
  }
}

describe("a lease", () => {
  it("is given again to the same token while it lives, with what is left of it", async () => {
    const server = new Issuing();
    expect(await server.get("own")).toEqual({ cache: { hit: false }, n: 1, left: 100 });
    vi.setSystemTime(30_000);
    expect(await server.get("own")).toEqual({ cache: { hit: true, ageSeconds: 30 }, n: 1, left: 70 });
    vi.setSystemTime(90_000);
    expect(await server.get("own")).toMatchObject({ cache: { hit: false }, n: 2 });
  });

  it("is never that of another token, and none of a token that we know nothing of", async () => {
    const server = new Issuing();
    await server.get("own");
    const foreign = { headers: { "x-vault-token": "foreign" } };
    expect((await server.get(undefined, foreign)).n).toBe(2);
    expect((await server.get(undefined, foreign)).n).toBe(3);
    expect((await server.get()).n).toBe(4);
    expect((await server.get("own")).n).toBe(1);
  });

  it("is forgotten when our token is another one", async () => {
    const server = new Issuing();
    await server.get("own");
    expect((await server.get("next")).n).toBe(2);
    expect((await server.get("next")).n).toBe(2);
  });

  it.each([
    ["/v1/sys/leases/revoke", { lease_id: "lease/1" }, 2],
    ["/v1/sys/leases/renew", { lease_id: "lease/1" }, 2],
    ["/v1/sys/leases/revoke-prefix/lease", {}, 2],
    ["/v1/sys/leases/revoke", { lease_id: "lease/other" }, 1],
  ])("after %s of %o", async (path, body, n) => {
    const server = new Issuing();
    await server.get("own");
    await server.post(path, body, "own");
    expect((await server.get("own")).n).toBe(n);
  });

  it("that was under way when leases were revoked is not kept", async () => {
    const server = new Issuing();
    const asked = await server.cache.answer(
      { method: "GET", path: CREDS, headers: {}, login: "absent" },
      "own",
      async () => {
        await server.post("/v1/sys/leases/revoke-prefix/lease", {}, "own");
        return server.issue();
      },
      signal,
    );
    expect(asked.cache).toEqual({ hit: false });
    expect((await server.get("own")).n).toBe(2);
  });
});

describe("a token that came through the cache", () => {
  const login = {
    method: "POST",
    path: "/v1/auth/userpass/login/app",
    body: Buffer.from('{"password":"p"}'),
  };
  const auth = { client_token: "t", accessor: "x", lease_duration: 50, renewable: true, orphan: true };
  const shown = { headers: { "x-vault-token": "t" } };

  async function loggedIn() {
    const server = new Issuing();
    const logIn = vi.fn<() => Promise<GatewayAnswer>>(async () => answerOf({ auth }));
    await server.get(undefined, login, logIn);
    return { server, logIn };
  }

  it("is given again, and leases of it are kept as long as it lives", async () => {
    const { server, logIn } = await loggedIn();
    await server.get(undefined, login, logIn);
    expect(logIn).toHaveBeenCalledTimes(1);
    expect((await server.get(undefined, shown)).n).toBe(1);
    expect(await server.get(undefined, shown)).toMatchObject({ n: 1, left: 50 });
    vi.setSystemTime(46_000);
    expect((await server.get(undefined, shown)).n).toBe(2);
  });

  it.each([
    ["/v1/auth/token/revoke", { token: "t" }, {}],
    ["/v1/auth/token/revoke-accessor", { accessor: "x" }, {}],
    ["/v1/auth/token/revoke-self", {}, { "x-vault-token": "t" }],
  ])("goes with all that was issued to it after %s", async (path, body, headers) => {
    const { server, logIn } = await loggedIn();
    await server.get(undefined, shown);
    await server.post(path, body, undefined, headers);
    expect((await server.get(undefined, shown)).n).toBe(2);
    await server.get(undefined, login, logIn);
    expect(logIn).toHaveBeenCalledTimes(2);
  });
});

describe("equal requests at a time", () => {
  it("are asked once where the answer is kept", async () => {
    const server = new Issuing();
    const all = await Promise.all(Array.from({ length: 5 }, async () => server.get("own")));
    expect(all.map(({ n }) => n)).toEqual([1, 1, 1, 1, 1]);
    expect(server.asked).toBe(1);
  });

  it("are asked each where it is not", async () => {
    const server = new Issuing();
    const read = vi.fn<() => Promise<GatewayAnswer>>(async () => answerOf({ data: { n: 9 } }));
    await Promise.all(Array.from({ length: 3 }, async () => server.get("own", {}, read)));
    expect(read).toHaveBeenCalledTimes(3);
  });

  it("are asked by the next where the first one went away", async () => {
    const server = new Issuing();
    const gone = new AbortController();
    const request = { method: "GET", path: CREDS, headers: {}, login: "absent" } as const;
    const first = server.cache.answer(
      request,
      "own",
      async () =>
        new Promise<never>((_resolve, reject) => {
          gone.signal.addEventListener("abort", () => reject(gone.signal.reason as Error));
        }),
      gone.signal,
    );
    const second = server.get("own");
    gone.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    expect((await second).n).toBe(1);
  });
});

it("an answer that is too large is passed on whole, and not kept", async () => {
  const server = new Issuing();
  const data = { n: 7, text: "x".repeat(300_000) };
  const large = vi.fn<() => Promise<GatewayAnswer>>(async () =>
    answerOf({ lease_id: "l", lease_duration: 100, renewable: true, data }),
  );
  expect((await server.get("own", {}, large)).n).toBe(7);
  await server.get("own", {}, large);
  expect(large).toHaveBeenCalledTimes(2);
});

it("keeps no more than it may", async () => {
  const server = new Issuing();
  for (let n = 0; n <= 500; n += 1) await server.get("own", { path: `${CREDS}?n=${n}` });
  expect((await server.get("own", { path: `${CREDS}?n=500` })).n).toBe(501);
  expect((await server.get("own", { path: `${CREDS}?n=0` })).n).toBe(502);
});

it("an answer that breaks off is told as such, and whoever waits asks for themselves", async () => {
  const server = new Issuing();
  const broken = async (): Promise<GatewayAnswer> =>
    answerOf(
      {},
      {
        // oxlint-disable-next-line require-yield -- it breaks off at once
        body: (async function* () {
          await Promise.resolve();
          throw new Error("reset");
        })(),
      },
    );
  const first = server.get("own", {}, broken);
  const second = server.get("own");
  await expect(first).rejects.toThrow("broken");
  expect((await second).n).toBe(1);
});
