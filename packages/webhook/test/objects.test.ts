import { describe, expect, it } from "vitest";
import { type Asked, decode, encode, refusal, review, secret, stored } from "./object-reviews.js";

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
      "mixed.example": { auth: encode("${vault:secret/data/db#user}:secret://prod/db") },
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
        "mixed.example": { auth: encode("u:native") },
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

  it.each(["secret://prod/login", "a${secret://prod/login}", "${secret://prod/login}:x"])(
    "are not filled with what would be a reference in a registry login: %s",
    async (login) => {
      const auths = { "r.example": { auth: encode(login) } };
      const answer = await review(secret({ ".dockerconfigjson": JSON.stringify({ auths }) }));
      expect(answer).toMatchObject({ allowed: false });
      expect(JSON.stringify(answer)).toContain("reads as a reference itself");
    },
  );

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
