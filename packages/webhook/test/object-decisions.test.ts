import { sluice } from "@sluice/dialects";
import { createObjectAdmission } from "@sluice/webhook";
import { describe, expect, it } from "vitest";
import { type Asked, decode, encode, POLICY, refusal, review, secret, stored } from "./object-reviews.js";
import { requestOf } from "./support.js";

describe("the policy", () => {
  it("is asked for namespace and resource, and allows nothing by default", async () => {
    const object = secret({ a: "secret://prod/db" });
    const nobody = await refusal(object, {}, { policy: [] });
    expect(nobody).toContain('secrets "db" holds references, and no rule lets them be filled');
    expect(nobody).toContain("SecretSync");
    expect(await refusal(object, { namespace: "shops" })).toContain("in namespace shops");
    expect(
      await refusal({ data: { a: "secret://prod/db" } }, { namespace: "team-a", resource: "configmaps" }),
    ).toContain("no rule");
    const asked: Asked[] = [];
    expect(await review(object, { namespace: "team-a" }, { asked })).toMatchObject({ allowed: true });
    expect(asked[0]?.identity).toEqual({ namespace: "team-a", serviceAccount: "deployer" });
  });

  it("denies with every reference that cannot be read, and with every one that is malformed", async () => {
    const message = await refusal(secret({ a: "secret://prod/gone", b: "vault:secret/data/x#y" }));
    expect(message).toContain("secret://prod/gone cannot be read (not-found, no-such-path: is not there)");
    expect(message).toContain("secret://vault/secret/data/x#y cannot be read");
    expect(await refusal(secret({ a: "vault:secret/data/x" }))).toContain("names no key");
    expect(await refusal(secret({ a: "gcp:secretmanager:projects/p/secrets/s" }))).toContain("no provider");
    const many = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, at) => [`k${at}`, `secret://prod/p${at}`]),
    );
    expect(await refusal(secret(many))).toContain("more than 1000 references");
  });

  it("denies references of two notations in one text, of which one would stay", async () => {
    const text = "${secret://prod/db}:${vault:secret/data/db#user}";
    expect(await refusal(secret({ a: text }))).toContain("references of two notations in one text");
  });

  it("denies a value that reads as a reference: nobody reads on behalf of what a store holds", async () => {
    expect(await refusal(secret({ a: "secret://prod/trick" }))).toContain("reads as a reference itself");
    expect(await refusal(secret({ a: "x${secret://prod/db}$${secret://prod/db}" }))).toContain("reads as");
  });

  it("denies with the time that was not enough", async () => {
    const stopped = new AbortController();
    const admission = createObjectAdmission({
      dialects: [sluice()],
      policy: POLICY,
      reader: {
        read: async (_references, _identity, signal) => {
          stopped.abort();
          return Promise.reject(signal.reason);
        },
      },
    });
    const asked = requestOf(secret({ a: "secret://prod/db" }), { resource: "secrets" });
    expect(await admission.mutate(asked, stopped.signal)).toMatchObject({ allowed: false, code: 504 });
  });
});

describe("an update", () => {
  const filled = secret({ a: "native", b: "x" });

  it("leaves what was filled, and fills what comes anew", async () => {
    const more = { operation: "UPDATE", oldObject: filled };
    expect(await review(filled, more)).toMatchObject({ allowed: true, patch: [] });
    expect(await review(secret({ a: "secret://prod/db", b: "y" }), more)).toMatchObject({
      patch: [{ op: "replace", path: "/data/a", value: encode("native") }],
    });
  });

  it("passes with references that are stored unfilled where no rule is for them, and with no others", async () => {
    const old = secret({ a: "secret://prod/db", b: "vault:none" });
    const more = { operation: "UPDATE", namespace: "other", oldObject: old };
    const relabelled = { ...old, metadata: { name: "db", labels: { a: "b" } } };
    expect(await review(relabelled, more)).toMatchObject({
      allowed: true,
      patch: [],
      warnings: [expect.stringContaining("nobody fills")],
    });
    expect(await refusal(secret({ a: "secret://prod/other" }), more)).toContain("no rule");
    expect(await refusal(secret({ a: "secret://prod/db", b: "vault:other" }), more)).toContain("no rule");
  });
});

it("a dry run reads, but issues and writes nothing", async () => {
  const asked: Asked[] = [];
  const object = secret({
    cert: '>>vault:pki/issue/web#certificate#{"a":1}',
    password: "vault:secret/data/db#password",
  });
  const dry = await review(object, { dryRun: true }, { asked });
  expect(dry).toMatchObject({
    patch: [{ op: "replace", path: "/data/password", value: encode("p:w") }],
    warnings: [expect.stringContaining("data.cert would issue or write something")],
  });
  expect(asked.map(({ references }) => references)).toEqual([["secret://vault/secret/data/db#password"]]);
  expect(decode((await stored(object)).data["cert"])).toBe("issued");
  const only = secret({ cert: '>>vault:pki/issue/web#certificate#{"a":1}' });
  expect(await review(only, { dryRun: true }, { asked: [] })).toMatchObject({ allowed: true, patch: [] });
});

it("validation denies what nothing has filled", async () => {
  const reader = { read: async () => Promise.reject(new Error("is not asked")) };
  const admission = createObjectAdmission({ dialects: [sluice()], policy: POLICY, reader });
  const { signal } = new AbortController();
  const check = async (object: object) =>
    admission.validate(requestOf(object, { resource: "secrets" }), signal);
  expect(await check(secret({ a: "native" }))).toMatchObject({ allowed: true });
  expect(await check(secret({ a: "secret://prod/db" }))).toMatchObject({ allowed: false });
});
