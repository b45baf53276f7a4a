import { describe, expect, it } from "vitest";
import { CacheKeys, shownToken } from "./cache-key.js";

const request = {
  method: "POST",
  path: "/v1/database/creds/app?x=1",
  headers: { "X-Vault-Namespace": "a", "user-agent": "curl", traceparent: "00-1" },
  body: Buffer.from('{"password":"p4ss"}'),
  login: "absent",
} as const;

describe("keys of requests", () => {
  const keys = new CacheKeys();
  const key = keys.ofRequest(request, "me");

  it.each([
    ["method", { ...request, method: "PUT" }, "me"],
    ["path", { ...request, path: "/v1/database/creds/other?x=1" }, "me"],
    ["query", { ...request, path: "/v1/database/creds/app?x=2" }, "me"],
    ["body", { ...request, body: Buffer.from("{}") }, "me"],
    ["asker", request, "you"],
    ["namespace", { ...request, headers: { ...request.headers, "X-Vault-Namespace": "b" } }, "me"],
    [
      "any header that may mean something",
      { ...request, headers: { ...request.headers, "x-new": "1" } },
      "me",
    ],
  ])("differ by %s", (_what, other, asker) => {
    expect(keys.ofRequest(other, asker)).not.toBe(key);
  });

  it("do not differ by what means nothing, nor by the order and the case of headers", () => {
    const headers = {
      traceparent: "00-2",
      "user-agent": "app/1",
      "x-vault-namespace": "a",
      "x-vault-token": "t",
    };
    expect(keys.ofRequest({ ...request, headers, login: "always" }, "me")).toBe(key);
  });

  it("tell nothing of what they are made from, and are others in each process", () => {
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(new CacheKeys().ofRequest(request, "me")).not.toBe(key);
    expect(new CacheKeys().ofToken("t")).not.toBe(keys.ofToken("t"));
    expect(keys.ofToken("t")).toBe(keys.ofToken("t"));
  });
});

it.each([
  [{ "X-Vault-Token": "a", authorization: "Bearer b" }, "a"],
  [{ Authorization: "bearer b" }, "b"],
  [{ "x-vault-token": "" }, undefined],
  [{}, undefined],
])("%o shows %s", (headers, token) => {
  expect(shownToken({ ...request, headers })).toBe(token);
});
