import { type ReferenceOutcome, SecretValue } from "@sluice/core";
import { bankVaults, secretsInit, sluice } from "@sluice/dialects";
import {
  type AdmissionAnswer,
  type AdmissionRequest,
  createObjectAdmission,
  type ObjectReaderIdentity,
  type ObjectRule,
} from "@sluice/webhook";
import * as fc from "fast-check";
import { applyPatch } from "rfc6902";
import { describe, expect, it } from "vitest";
import { requestOf } from "./support.js";

const VALUES: Readonly<Record<string, string | Uint8Array>> = {
  "secret://vault/secret/data/db#user": "u",
  "secret://vault/secret/data/db#password": "p:w",
  "secret://prod/db": "native",
  "secret://prod/bytes": Uint8Array.of(0xff, 0x00),
  "secret://prod/trick": "vault:secret/data/other#x",
  "secret://vault/pki/issue/web%3F%7B%22a%22:1%7D?volatile=true#certificate": "issued",
};

const POLICY: readonly ObjectRule[] = [
  { namespaces: ["shop"], resources: ["secrets", "configmaps", "widgets.example.dev"] },
  { namespaces: ["team-*"], resources: ["secrets"], serviceAccount: "deployer" },
];

const encode = (text: string | Uint8Array): string => Buffer.from(text).toString("base64");
const decode = (text: unknown): string => Buffer.from(String(text), "base64").toString("utf8");

interface Asked {
  readonly references: readonly string[];
  readonly identity: ObjectReaderIdentity;
}

/** Reviews an object; what was asked for stands in `asked`. */
async function review(
  object: object,
  more: Partial<AdmissionRequest> = {},
  { asked = [], policy = POLICY }: { readonly asked?: Asked[]; readonly policy?: readonly ObjectRule[] } = {},
): Promise<AdmissionAnswer> {
  const admission = createObjectAdmission({
    dialects: [sluice(), bankVaults(), secretsInit()],
    policy,
    reader: {
      read: async (references, identity) => {
        asked.push({ references: Array.from(references.keys()), identity });
        return Promise.resolve(new Map(Array.from(references.keys(), (key) => [key, outcomeOf(key)])));
      },
    },
  });
  return admission.mutate(requestOf(object, { resource: "secrets", ...more }), new AbortController().signal);
}

function outcomeOf(reference: string): ReferenceOutcome {
  const value = VALUES[reference];
  if (value === undefined)
    return { status: "not-found", reason: "no-such-path", reference, message: "is not there" };
  const held = typeof value === "string" ? SecretValue.fromText(value) : SecretValue.fromBytes(value);
  return { status: "found", reference, store: "x", value: held, source: "provider" };
}

/** The object as it is stored after a review. */
async function stored<Content extends object>(
  object: Content,
  more: Partial<AdmissionRequest> = {},
): Promise<Content> {
  const answer = await review(object, more);
  if (!answer.allowed) throw new Error(answer.message);
  const copy = structuredClone(object);
  expect(applyPatch(copy, structuredClone(answer.patch) as never).filter((fault) => fault !== null)).toEqual(
    [],
  );
  return copy;
}

async function refusal(...args: Parameters<typeof review>): Promise<string> {
  const answer = await review(...args);
  return answer.allowed ? "allowed" : answer.message;
}

const secret = (data: Readonly<Record<string, string | Uint8Array>>, annotations = {}) => ({
  kind: "Secret",
  metadata: { name: "db", annotations },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)])),
});

describe("references in a Secret", () => {
  it("are filled, whole and inside of texts, and nothing else is touched", async () => {
    const object = secret({
      password: "vault:secret/data/db#password",
      url: "pg://${vault:secret/data/db#user}:${vault:secret/data/db#password}@db",
      own: "secret://prod/db",
      bytes: "secret://prod/bytes",
      plain: "plain",
      binary: Uint8Array.of(0xff, 0xfe),
    });
    const asked: Asked[] = [];
    const answer = await review(object, {}, { asked });
    expect(answer).toMatchObject({
      allowed: true,
      patch: [
        { op: "replace", path: "/data/password", value: encode("p:w") },
        { op: "replace", path: "/data/url", value: encode("pg://u:p:w@db") },
        { op: "replace", path: "/data/own", value: encode("native") },
        { op: "replace", path: "/data/bytes", value: encode(Uint8Array.of(0xff, 0)) },
      ],
    });
    // Each reference is asked for once, in the name of an account that only objects have.
    expect(asked).toEqual([
      {
        references: [
          "secret://vault/secret/data/db#password",
          "secret://vault/secret/data/db#user",
          "secret://prod/db",
          "secret://prod/bytes",
        ],
        identity: { namespace: "shop", serviceAccount: "sluice-objects" },
      },
    ]);
    expect(JSON.stringify({ ...answer, patch: [] })).not.toContain("p:w");
  });

  it("are filled in stringData as well, which some ask with", async () => {
    const object = { metadata: { name: "db" }, stringData: { "a/b~c": "secret://prod/db" } };
    expect(await stored(object)).toEqual({ metadata: { name: "db" }, stringData: { "a/b~c": "native" } });
  });

  it("are filled in registry logins, whose other entries stay as they are", async () => {
    const plain = { auth: encode("someone:something"), email: "a@b.example" };
    const auths = {
      "https://index.docker.io/v1/": {
        username: "vault:secret/data/db#user",
        password: "vault:secret/data/db#password",
        auth: encode("vault:secret/data/db#user:vault:secret/data/db#password"),
      },
      "half.example": { auth: encode("robot:vault:secret/data/db#password") },
      "native.example": { auth: encode("secret://prod/db:secret://prod/db") },
      "inline.example": { auth: encode("a${vault:secret/data/db#user}:${vault:secret/data/db#password}") },
      "plain.example": plain,
      "token.example": { identitytoken: "vault:secret/data/db#password" },
    };
    const { data } = await stored(secret({ ".dockerconfigjson": JSON.stringify({ auths }) }));
    expect(JSON.parse(decode(data[".dockerconfigjson"]))).toEqual({
      auths: {
        "https://index.docker.io/v1/": { username: "u", password: "p:w", auth: encode("u:p:w") },
        "half.example": { auth: encode("robot:p:w") },
        "native.example": { auth: encode("native:native") },
        "inline.example": { auth: encode("au:p:w") },
        "plain.example": plain,
        "token.example": { identitytoken: "p:w" },
      },
    });
    const old = await stored(
      secret({ ".dockercfg": JSON.stringify({ "r.example": auths["half.example"] }) }),
    );
    expect(decode(old.data[".dockercfg"])).toBe(`{"r.example":{"auth":"${encode("robot:p:w")}"}}`);
    const untouched = secret({ ".dockerconfigjson": ` ${JSON.stringify({ auths: { plain } })}` });
    expect(await stored(untouched)).toEqual(untouched);
    const none = secret({ ".dockerconfigjson": "secret://prod/db" });
    expect(decode((await stored(none)).data[".dockerconfigjson"])).toBe("native");
  });

  it("are read with the object's annotations", async () => {
    const ours = secret({ a: "vault:v1:x" }, { "vault.security.banzaicloud.io/transit-key-id": "app" });
    expect(await refusal(ours)).toContain("secret://vault/transit/decrypt/app%3Fciphertext=vault:v1:x");
    for (const annotations of [
      { "sluice.dev/inject": "false" },
      { "secrets-webhook.security.bank-vaults.io/mutate": "skip" },
    ])
      expect(await review(secret({ a: "vault:secret/data/db#user" }, annotations))).toMatchObject({
        allowed: true,
        patch: [],
      });
  });
});

describe("references in other objects", () => {
  it("are filled in a ConfigMap's data and binaryData", async () => {
    const object = {
      metadata: { name: "settings" },
      data: { "app.conf": "user=${vault:secret/data/db#user}\n", plain: "vault" },
      binaryData: { key: encode("secret://prod/bytes"), other: encode(Uint8Array.of(0xff)) },
    };
    expect(await stored(object, { resource: "configmaps" })).toEqual({
      ...object,
      data: { "app.conf": "user=u\n", plain: "vault" },
      binaryData: { key: encode(Uint8Array.of(0xff, 0)), other: object.binaryData.other },
    });
    expect(await refusal({ data: { a: "secret://prod/bytes" } }, { resource: "configmaps" })).toContain(
      "data.a would hold bytes that are no text",
    );
  });

  it("are filled wherever another object has texts, but in its metadata and status", async () => {
    const object = {
      apiVersion: "example.dev/v1",
      kind: "Widget",
      metadata: { name: "w", labels: { a: "secret://prod/db" } },
      spec: {
        list: [{ a: "secret://prod/db", n: 1 }, ["x${secret://prod/db}"]],
        "a/b": { "~": "secret://prod/db" },
      },
      status: { a: "secret://prod/db" },
    };
    const more = { resource: "widgets", group: "example.dev" };
    const answer = await review(object, more);
    expect(answer).toMatchObject({
      patch: [
        { op: "replace", path: "/spec/list/0/a", value: "native" },
        { op: "replace", path: "/spec/list/1/0", value: "xnative" },
        { op: "replace", path: "/spec/a~1b/~0", value: "native" },
      ],
    });
    // Not by the rules for Secrets of the core.
    expect(await refusal(object, { resource: "secrets", group: "example.dev" })).toContain("no rule");
  });

  it("are nobody's affair in parts of objects, in what is deleted, and where there are none", async () => {
    for (const more of [
      { resource: "widgets/status", group: "example.dev" },
      { operation: "DELETE" },
      { namespace: "" },
    ])
      expect(await review(secret({ a: "secret://prod/db" }), more)).toMatchObject({
        allowed: true,
        patch: [],
      });
    const going = { ...secret({ a: "secret://prod/db" }), metadata: { deletionTimestamp: "now" } };
    expect(await review(going, { operation: "UPDATE" })).toMatchObject({ allowed: true, patch: [] });
    for (const object of [{}, { data: null }, { data: { a: 1 } }, secret({ a: "x", b: "$${secret://a/b}" })])
      expect(await review(object)).toMatchObject({
        allowed: true,
        patch: [],
        message: expect.stringMatching(/no ref/),
      });
    expect(await refusal("text" as never)).toContain("The request has no object");
  });
});

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

it("whatever an object is, it is filled whole, denied, or left alone", async () => {
  const text = fc.oneof(
    fc.constantFrom(
      ...Object.keys(VALUES),
      "vault:secret/data/db#user",
      "${vault:secret/data/db#user}",
      "${",
      "vault:",
    ),
    fc.string(),
    fc
      .array(fc.constantFrom("${vault:secret/data/db#user}", ":", "$", "{", "}", "secret://prod/db"), {
        maxLength: 5,
      })
      .map((parts) => parts.join("")),
  );
  const config = fc.dictionary(fc.string(), fc.dictionary(fc.constantFrom("auth", "username", "x"), text));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), text), config, async (data, auths) => {
      const object = secret({
        ...data,
        ".dockerconfigjson": JSON.stringify({
          auths: Object.fromEntries(
            Object.entries(auths).map(([host, { auth, ...others }]) => [
              host,
              { ...others, ...(auth !== undefined && { auth: encode(auth) }) },
            ]),
          ),
        }),
      });
      const answer = await review(object);
      const after = answer.allowed ? await stored(object) : object;
      // What was filled asks for nothing more.
      const again = await review(after);
      expect(answer.allowed ? again : { allowed: true, patch: [] }).toMatchObject({
        allowed: true,
        patch: [],
      });
    }),
    { numRuns: 300 },
  );
});
