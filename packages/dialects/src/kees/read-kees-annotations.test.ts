import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keesLeaseIndex, keesLeasePath, keesPath, readKeesAnnotations } from "./index.js";
import { splitField } from "./read-kees-name.js";

const SEED = {
  "iam.amazonaws.com/role": "cluster-app-role",
  "secret.bsycorp.com/signingKey.v1_public": "kind=DYNAMIC,type=RSA,size=2048,foo=bar",
  "secret.bsycorp.com/signingKey.v1_private": "kind=DYNAMIC,type=RSA,size=2048,foo=bar",
  "secret.bsycorp.com/db.password": "kind=REFERENCE,type=PASSWORD",
};

function one(annotation: string, value: string) {
  const { parameters, problems } = readKeesAnnotations({ [annotation]: value });
  return parameters[0] ?? problems[0];
}

describe("readKeesAnnotations", () => {
  it("reads the annotations of kees' own example, in the order of their names", () => {
    const { parameters, mode, storagePrefix, hasStoragePrefix, problems } = readKeesAnnotations(SEED);
    expect(problems).toEqual([]);
    expect({ mode, storagePrefix, hasStoragePrefix }).toEqual({
      mode: "remote",
      storagePrefix: "/",
      hasStoragePrefix: false,
    });
    const key = { is: "secret", kind: "DYNAMIC", type: "RSA", size: 2048, bareName: "signingKey.v1" };
    expect(parameters).toEqual([
      {
        is: "secret",
        annotation: "secret.bsycorp.com/db.password",
        name: "db.password",
        bareName: "db.password",
        kind: "REFERENCE",
        type: "PASSWORD",
        storageSuffix: "db.password",
      },
      {
        ...key,
        annotation: "secret.bsycorp.com/signingKey.v1_private",
        name: "signingKey.v1_private",
        field: "private",
        storageSuffix: "signingKey.v1_private",
      },
      {
        ...key,
        annotation: "secret.bsycorp.com/signingKey.v1_public",
        name: "signingKey.v1_public",
        field: "public",
        storageSuffix: "signingKey.v1_public",
      },
    ]);
  });

  it("reads resources, leases and everything a secret may say", () => {
    const { parameters } = readKeesAnnotations({
      "secret.bsycorp.com/mail_private":
        "kind=DYNAMIC, type=GPG ,size=4096,userId=A B<a@example.com>,storageKey=mail/key,localModeValue=Zm9v==",
      "resource.bsycorp.com/app.db.url": "storageKey=db.url,localModeValue=dmFsdWU=",
      "lease.bsycorp.com/snowflake": "kind=INDEX,storageKeyPrefix=flake,rangeStart=0,rangeEnd=1000",
    });
    expect(parameters).toMatchObject([
      { is: "resource", storageSuffix: "db.url", localModeValue: "dmFsdWU=" },
      {
        is: "secret",
        field: "private",
        type: "GPG",
        size: 4096,
        userId: "A B<a@example.com>",
        storageSuffix: "mail/key",
        localModeValue: "Zm9v==",
      },
      { is: "lease", kind: "INDEX", storageSuffix: "flake", rangeStart: 0, rangeEnd: 1000 },
    ]);
  });

  it("reads annotations of another domain only when it is told so", () => {
    const annotations = { "secret.acme.dev/a": "kind=REFERENCE,type=RANDOM" };
    expect(readKeesAnnotations(annotations).parameters).toEqual([]);
    expect(readKeesAnnotations(annotations, { domain: "acme.dev" }).parameters).toHaveLength(1);
    expect(readKeesAnnotations({ "secret.bsycorp.community/a": "kind=NONE" }).problems).toEqual([]);
  });

  it.each([
    [undefined, "remote"],
    ["true", "local"],
    ['"true"', "local"],
    [" true ", "local"],
    ["remote-then-local", "remote-then-local"],
    ["false", "remote"],
    ["TRUE", "remote"],
  ])("takes local-mode %s for %s", (value, mode) => {
    const annotations = value === undefined ? {} : { "init.bsycorp.com/local-mode": value };
    expect(readKeesAnnotations(annotations).mode).toBe(mode);
  });

  it.each([
    ["secret.bsycorp.com/a", "", "has no kind"],
    ["secret.bsycorp.com/a", "kind=dynamic,type=RSA", "has a kind that there is not"],
    ["secret.bsycorp.com/a", "kind=REFERENCE", "has no type"],
    ["secret.bsycorp.com/a", "kind=REFERENCE,type=DSA", "has a type that there is not"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=RANDOM", "has no size"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=RANDOM,size=", "no whole number"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=RANDOM,size=1e3", "no whole number"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=RANDOM,size=0", "size of 0 bits"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=PASSWORD,size=8193", "size of 8193 bits"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=RSA,size=1024", "which RSA cannot have"],
    ["secret.bsycorp.com/a", "kind=REFERENCE,type=RSA,size=3072", "which RSA cannot have"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=GPG,size=2048", "GPG key of nobody"],
    ["secret.bsycorp.com/a", "kind=DYNAMIC,type=GPG,size=2048,userId=a@b", "names nobody"],
    ["secret.bsycorp.com/a", "kind=REFERENCE,type=RSA,storageKey=a/../b", "is no path"],
    ["secret.bsycorp.com/a", "kind=REFERENCE,type=RSA,storageKey=", "is no path"],
    ['secret.bsycorp.com/a"b', "kind=REFERENCE,type=RSA", "has a name that no annotation may have"],
    ["secret.bsycorp.com/../etc", "kind=REFERENCE,type=RSA", "has a name that no annotation may have"],
    ["lease.bsycorp.com/a", "rangeStart=0,rangeEnd=1", "has no kind"],
    ["lease.bsycorp.com/a", "kind=INDEX,rangeEnd=1", "has no rangeStart"],
    ["lease.bsycorp.com/a", "kind=INDEX,rangeStart=-1,rangeEnd=1", "below nought"],
    ["lease.bsycorp.com/a", "kind=INDEX,rangeStart=2,rangeEnd=1", "ends before it starts"],
  ])("says what is wrong with %s: %s", (annotation, value, problem) => {
    const found = one(annotation, value);
    expect(found).toMatchObject({ annotation });
    expect(found).toHaveProperty("problem", expect.stringContaining(problem));
    expect(found).toHaveProperty("remedy", expect.stringMatching(/^[A-Z].{9}/));
  });

  it("reads the others beside one that is wrong", () => {
    const { parameters, problems } = readKeesAnnotations({ ...SEED, "secret.bsycorp.com/x": "kind=BLAh" });
    expect(parameters).toHaveLength(3);
    expect(problems).toHaveLength(1);
  });

  it("never throws, and takes no annotation for two things", () => {
    const annotation = fc.tuple(
      fc.constantFrom("secret.bsycorp.com/", "resource.bsycorp.com/", "lease.bsycorp.com/", "other/"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(annotation, fc.string())), (entries) => {
        const given = Object.fromEntries(entries.map(([[sort, name], value]) => [sort + name, value]));
        const { parameters, problems } = readKeesAnnotations(given);
        const names = [...parameters, ...problems].map((found) => found.annotation);
        expect(names.toSorted()).toEqual(
          Object.keys(given)
            .filter((key) => !key.startsWith("other/"))
            .toSorted(),
        );
      }),
    );
  });

  it("passes over keys that it does not know, wherever they stand", () => {
    const known = ["kind=DYNAMIC", "type=RANDOM", "size=128"];
    const unknown = fc.stringMatching(/^[a-z]{1,4}X(=[a-z0-9=]{0,8})?$/);
    fc.assert(
      fc.property(fc.array(unknown), fc.infiniteStream(fc.nat()), (others, numbers) => {
        const parts = [...known, ...others].map((part) => ({ part, at: numbers.next().value }));
        const value = parts.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)).map(({ part }) => part);
        expect(one("secret.bsycorp.com/a", value.join(","))).toMatchObject({ type: "RANDOM", size: 128 });
      }),
    );
  });
});

describe("splitField", () => {
  it.each([
    ["signingKey.v1_public", "signingKey.v1", "public"],
    ["signingKey.v1", "signingKey.v1", undefined],
    ["a_b_private", "a_b", "private"],
    ["a_B", "a_B", undefined],
    ["a_v1", "a_v1", undefined],
    ["a_", "a", ""],
  ])("%s is of %s with the field %s", (name, bareName, field) => {
    expect(splitField(name)).toEqual({ name, bareName, ...(field !== undefined && { field }) });
  });

  it("loses nothing of a name", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { bareName, field } = splitField(text);
        expect(field === undefined ? bareName : `${bareName}_${field}`).toBe(text);
      }),
    );
  });
});

describe("paths", () => {
  const [secret] = readKeesAnnotations({
    "secret.bsycorp.com/a_public": "kind=REFERENCE,type=RSA",
  }).parameters;
  const [lease] = readKeesAnnotations({
    "lease.bsycorp.com/flake": "kind=INDEX,rangeStart=0,rangeEnd=10",
  }).parameters;
  if (secret?.is !== "secret" || lease?.is !== "lease") throw new Error("Not read");

  it.each([
    ["/", "/a_public"],
    ["/acme/staging", "/acme/staging/a_public"],
    ["/acme/staging/", "/acme/staging/a_public"],
    ["local", "local/a_public"],
  ])("puts what is under %s at %s", (prefix, path) => {
    expect(keesPath(prefix, secret)).toBe(path);
  });

  it("finds an index in the path it made of it, and in no other", () => {
    const path = keesLeasePath("/acme/", lease, 7);
    expect(path).toBe("/acme/leases/flake.7");
    expect(keesLeaseIndex("/acme", lease, path)).toBe(7);
    for (const other of [
      "/acme/leases/flake.11",
      "/acme/leases/flake.07",
      "/acme/leases/flake.x",
      "/x/flake.7",
    ])
      expect(keesLeaseIndex("/acme", lease, other)).toBeUndefined();
  });
});
