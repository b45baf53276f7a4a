import { describe, expect, it } from "vitest";
import { bodyAgain, keptAnswer, mayBeKept, spentAt } from "./kept-answer.js";

const LEASED = { lease_id: "a/creds/b/1", lease_duration: 60, renewable: true, data: { password: "p" } };
const AUTH = {
  client_token: "t",
  accessor: "x",
  lease_duration: 60,
  renewable: true,
  orphan: true,
  num_uses: 0,
};
const keep = (body: unknown, more: { status?: number; headers?: Record<string, string> } = {}) =>
  keptAnswer({ status: 200, headers: {}, ...more }, Buffer.from(JSON.stringify(body)), 1_000);

describe("is kept", () => {
  it("what has a lease, until that ends", () => {
    const kept = keep(LEASED);
    expect(kept).toMatchObject({ lease: "a/creds/b/1", at: 1_000, endsAt: 61_000 });
    expect(spentAt({ at: 1_000, endsAt: 61_000 })).toBe(55_000);
    expect(JSON.stringify(kept)).not.toContain("password");
  });

  it("what brings a token", () => {
    expect(keep({ auth: AUTH })).toMatchObject({ token: { accessor: "x", isOrphan: true }, endsAt: 61_000 });
  });
});

it.each([
  ["a secret without a lease", { lease_id: "", lease_duration: 2764800, renewable: false, data: {} }],
  ["a lease that cannot be renewed", { ...LEASED, renewable: false }],
  ["a lease without an end", { ...LEASED, lease_duration: 0 }],
  ["a token without an end", { auth: { ...AUTH, lease_duration: 0 } }],
  ["a token that is used so often only", { auth: { ...AUTH, num_uses: 1 } }],
  ["a login that wants a second factor", { auth: { ...AUTH, client_token: "" } }],
  ["what is wrapped", { ...LEASED, wrap_info: { token: "w" } }],
  ["no object", null],
])("is not kept: %s", (_what, body) => {
  expect(keep(body)).toBeUndefined();
});

it("is not kept: what failed, is compressed, or is no JSON", () => {
  expect(keep(LEASED, { status: 403 })).toBeUndefined();
  expect(keep(LEASED, { headers: { "content-encoding": "gzip" } })).toBeUndefined();
  expect(keptAnswer({ status: 200, headers: {} }, Buffer.from("{"), 0)).toBeUndefined();
});

it("is given again with the time that is left, and else as it was", () => {
  const text = JSON.stringify(LEASED).replace('"p"', "18446744073709551615");
  const kept = keptAnswer({ status: 200, headers: {} }, Buffer.from(text), 0);
  const again = Buffer.from(bodyAgain(kept as NonNullable<typeof kept>, 20_500)).toString();
  expect(again.trim()).toBe(text.replace('"lease_duration":60', '"lease_duration":39'));
  const login = keep({ auth: AUTH, lease_duration: 0 });
  expect(JSON.parse(Buffer.from(bodyAgain(login as NonNullable<typeof login>, 11_000)).toString())).toEqual({
    auth: { ...AUTH, lease_duration: 50 },
    lease_duration: 0,
  });
});

it.each([
  [true, "GET", "/v1/database/creds/app", {}],
  [true, "POST", "/v1/auth/userpass/login/app", {}],
  [true, "POST", "/v1/auth/token/create", {}],
  [false, "LIST", "/v1/database/roles", {}],
  [false, "DELETE", "/v1/database/roles/a", {}],
  [false, "GET", "/v1/sys/health", {}],
  [false, "POST", "/v1/space/sys/wrapping/unwrap", {}],
  [false, "GET", "/v1/auth/token/lookup-self", {}],
  [false, "GET", "/v1/%zz", {}],
  [false, "GET", "/v1/database/creds/app", { "X-Vault-Wrap-TTL": "60s" }],
  [false, "GET", "/v1/database/creds/app", { "cache-control": "no-cache" }],
])("%s that the answer may be kept to %s %s with %o", (may, method, path, headers) => {
  expect(mayBeKept({ method, path, headers, login: "absent" })).toBe(may);
});
