import { describe, expect, it } from "vitest";
import { mayGenerate } from "./access-rules.js";
import { leaseFault, secretFault } from "./check-wanted.js";
import { permittedWanted } from "./permitted-wanted.js";
import { wantedOfResource } from "./wanted-of-resource.js";
import type { WantedLease } from "./wanted-lease.js";
import { secretId, type WantedSecret } from "./wanted-secret.js";

const secret = (over: Partial<WantedSecret> = {}): WantedSecret => ({
  name: "one",
  store: "main",
  spec: { type: "uuid" },
  encoding: "none",
  entries: [{ path: "shop/one", members: [{ field: "value" }] }],
  ...over,
});
const lease: WantedLease = { name: "l", store: "main", prefix: "/shop/leases/l", rangeStart: 0, rangeEnd: 9 };
const pair = (...fields: string[]): WantedSecret =>
  secret({
    spec: { type: "ed25519", form: "pem" },
    entries: fields.map((field, at) => ({ path: `p${at}`, members: [{ field }] })),
  });

describe("secretFault", () => {
  it.each<readonly [string, WantedSecret]>([
    ["none", secret()],
    ["none", pair("private", "public")],
    ["members must be private, public", pair("private")],
    ["members must be private, public", pair("private", "other")],
    ["named twice", pair("private", "private")],
    ["same path", secret({ entries: [...secret().entries, ...secret().entries] })],
    ["no path", secret({ entries: [{ path: "", members: [{ field: "a" }] }] })],
    ["same key", secret({ entries: [{ path: "a", members: [{ field: "a" }, { field: "b" }] }] })],
    [
      "same key",
      secret({
        entries: [
          {
            path: "a",
            members: [
              { field: "a", key: "k" },
              { field: "b", key: "k" },
            ],
          },
        ],
      }),
    ],
    ["1 to 1024 bytes", secret({ spec: { type: "random", bytes: 0 } })],
    ["1 to 1024 characters", secret({ spec: { type: "password", length: 2_000 } })],
    ["twice", secret({ spec: { type: "password", length: 8, alphabet: "aa" } })],
    [
      "Name<email>",
      { ...pair("password", "private", "public"), spec: { type: "gpg", bits: 2048, userId: "me" } },
    ],
  ])("%s", (fault, wanted) => {
    expect(secretFault(wanted) ?? "none").toContain(fault);
  });
});

describe("leaseFault", () => {
  it.each<readonly [string, Partial<WantedLease>]>([
    ["none", {}],
    ["no storage key", { prefix: "" }],
    ["whole numbers", { rangeStart: -1 }],
    ["before it begins", { rangeStart: 10 }],
    ["more than", { rangeEnd: 1_000_000 }],
  ])("%s", (fault, over) => {
    expect(leaseFault({ ...lease, ...over }) ?? "none").toContain(fault);
  });
});

describe("mayGenerate", () => {
  const rules = [{ namespaces: ["shop-*"], paths: ["/acme/*/keys/**"], stores: ["main"] }];

  it.each([
    [true, "shop-a", "main", "acme/x/keys/a/b"],
    [true, "shop-a", "main", "/acme/x/keys/a"],
    [false, "shop", "main", "acme/x/keys/a"],
    [false, "shop-a", "other", "acme/x/keys/a"],
    [false, "shop-a", "main", "acme/keys/a"],
    [false, "shop-a", "main", "acme/x/keys/../../other"],
  ])("%s for %s in %s at %s", (expected, namespace, store, path) => {
    expect(mayGenerate(rules, { namespace, store, path })).toBe(expected);
  });

  it("permits nothing without a rule", () => {
    expect(mayGenerate([], { namespace: "shop", store: "main", path: "a" })).toBe(false);
  });
});

describe("permittedWanted", () => {
  it("leaves out what is wrong or not permitted, and says why", () => {
    const bad = secret({ name: "bad", spec: { type: "random", bytes: 0 } });
    const far = secret({ name: "far", entries: [{ path: "far", members: [{ field: "value" }] }] });
    const wanted = { secrets: [secret(), bad, far], leases: [lease], problems: ["told before"] };
    const rules = [{ namespaces: ["shop"], paths: ["shop/**"] }];
    const { secrets, leases, problems } = permittedWanted(wanted, "shop", rules);
    expect(secrets.map(({ name }) => name)).toEqual(["one"]);
    expect(leases).toEqual([lease]);
    expect(problems).toEqual([
      "told before",
      "bad cannot be generated: it must be of 1 to 1024 bytes. Correct it",
      expect.stringMatching(
        /^far is not generated: namespace shop may have nothing created at far of store main\. Add/,
      ),
    ]);
  });
});

describe("secretId", () => {
  it("is of where a secret is, not of what it is", () => {
    expect(secretId(secret({ name: "other", spec: { type: "random", bytes: 1 } }))).toBe(secretId(secret()));
    expect(secretId(secret({ store: "other" }))).not.toBe(secretId(secret()));
  });
});

describe("wantedOfResource", () => {
  const read = (spec: object) =>
    wantedOfResource({ metadata: { name: "k", namespace: "shop", resourceVersion: "1" }, spec } as never);
  const place = { store: "main", path: "shop/k" };

  it.each([
    [{ type: "RSA" }, { type: "rsa", bits: 3072, form: "pem" }, "none", ["shop/k_private", "shop/k_public"]],
    [
      { type: "RSA", form: "DER", bits: 2048 },
      { type: "rsa", bits: 2048, form: "der" },
      "base64",
      ["shop/k_private", "shop/k_public"],
    ],
    [
      { type: "EC", separator: "-" },
      { type: "ec", curve: "P-256", form: "pem" },
      "none",
      ["shop/k-private", "shop/k-public"],
    ],
    [
      { type: "Ed25519", encoding: "hex" },
      { type: "ed25519", form: "pem" },
      "hex",
      ["shop/k_private", "shop/k_public"],
    ],
    [
      { type: "SSH", comment: "c" },
      { type: "ssh", comment: "c" },
      "none",
      ["shop/k_private", "shop/k_public"],
    ],
    [
      { type: "GPG", userId: "A<a@b.c>" },
      { type: "gpg", bits: 3072, userId: "A<a@b.c>" },
      "none",
      ["shop/k_password", "shop/k_private", "shop/k_public"],
    ],
    [{ type: "Random" }, { type: "random", bytes: 32 }, "base64", ["shop/k"]],
    [
      { type: "Password", length: 9, alphabet: "abc!", require: ["!"] },
      { type: "password", length: 9, alphabet: "abc!", require: ["!"] },
      "none",
      ["shop/k"],
    ],
    [{ type: "UUID" }, { type: "uuid" }, "none", ["shop/k"]],
  ])("reads %j", (spec, family, encoding, paths) => {
    const { secrets, problems } = read({ ...place, ...spec });
    expect(problems).toEqual([]);
    expect(secrets).toMatchObject([{ name: "k", store: "main", spec: family, encoding }]);
    expect(secrets[0]?.entries.map(({ path }) => path)).toEqual(paths);
    for (const wanted of secrets) expect(secretFault(wanted)).toBeUndefined();
  });

  it("puts all members at one path under their keys", () => {
    const { secrets } = read({ ...place, type: "EC", keys: { private: "tls.key", public: "tls.pub" } });
    const members = [
      { field: "private", key: "tls.key" },
      { field: "public", key: "tls.pub" },
    ];
    expect(secrets[0]?.entries).toEqual([{ path: "shop/k", members }]);
  });

  it("says what is wrong", () => {
    expect(read({ ...place, type: "EC", bits: 2048 })).toEqual({
      secrets: [],
      leases: [],
      problems: ["GeneratedSecret shop/k: bits is for type: RSA, GPG only. Correct it"],
    });
    expect(read({}).problems).toHaveLength(1);
  });
});
