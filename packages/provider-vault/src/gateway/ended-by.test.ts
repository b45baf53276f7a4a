import { expect, it } from "vitest";
import { endedBy } from "./ended-by.js";

const ask = (method: string, path: string, body?: object | string) =>
  endedBy({
    method,
    path,
    headers: {},
    login: "absent",
    ...(body !== undefined && { body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) }),
  });

it.each([
  ["/v1/sys/leases/revoke", { lease_id: "a/creds/b/1" }, { of: "lease", name: "a/creds/b/1" }],
  ["/v1/sys/leases/revoke/a/creds/b/1", undefined, { of: "lease", name: "a/creds/b/1" }],
  ["/v1/sys/revoke", { lease_id: "l" }, { of: "lease", name: "l" }],
  ["/v1/sys/leases/renew", { lease_id: "l", increment: 1 }, { of: "lease", name: "l" }],
  ["/v1/space/sys//leases/%72evoke", { lease_id: "l" }, { of: "lease", name: "l" }],
  ["/v1/sys/leases/revoke", "{", { of: "all" }],
  ["/v1/sys/leases/revoke", undefined, { of: "all" }],
  ["/v1/sys/leases/revoke-prefix/a/creds", undefined, { of: "all" }],
  ["/v1/sys/revoke-force/a", undefined, { of: "all" }],
  ["/v1/sys/mounts/a", undefined, { of: "all" }],
  ["/v1/sys/policies/acl/a", {}, { of: "all" }],
  ["/v1/auth/token/revoke", { token: "t" }, { of: "token", name: "t" }],
  ["/v1/auth/token/revoke-orphan", { token: "t" }, { of: "token", name: "t" }],
  ["/v1/auth/token/renew", { token: "t" }, { of: "token", name: "t" }],
  ["/v1/auth/token/revoke-accessor", { accessor: "x" }, { of: "accessor", name: "x" }],
  ["/v1/auth/token/revoke-self", undefined, { of: "asker" }],
  ["/v1/auth/token/renew-self", {}, { of: "asker" }],
  ["/v1/%zz", undefined, { of: "all" }],
  ["/v1/secret/data/app", { data: {} }, undefined],
  ["/v1/database/creds/app", undefined, undefined],
])("a PUT of %s with %o ends %o", (path, body, ending) => {
  expect(ask("PUT", path, body)).toEqual(ending);
});

it("reading ends nothing", () => {
  expect(ask("GET", "/v1/sys/mounts")).toBeUndefined();
  expect(ask("LIST", "/v1/sys/leases/revoke-prefix/x")).toBeUndefined();
});
