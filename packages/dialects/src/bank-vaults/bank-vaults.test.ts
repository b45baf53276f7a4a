import type { EnvVar } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { bankVaults } from "../index.js";
import { OLD_PREFIX, PREFIX, read, readAll } from "./bank-vaults.test-support.js";

describe("bank-vaults", () => {
  it.each([
    ["vault:secret/data/app#password", "secret://vault/secret/data/app#password"],
    ["vault:secret/app#password", "secret://vault/secret/app#password"],
    ["vault:/secret/data/app/#password", "secret://vault/secret/data/app#password"],
    ["vault:secret/data/a b#x y", "secret://vault/secret/data/a%20b#x%20y"],
    ["vault:secret/data/app#password#2", "secret://vault/secret/data/app?version=2#password"],
    ["vault:secret/data/app#password#0", "secret://vault/secret/data/app#password"],
    ["vault:secret/data/app#password#-1", "secret://vault/secret/data/app#password"],
    ["bao:secret/data/app#password", "secret://bao/secret/data/app#password"],
    ["vault:database/creds/app#username", "secret://vault/database/creds/app?volatile=true#username"],
    ["vault:aws/sts/deploy#access_key", "secret://vault/aws/sts/deploy?volatile=true#access_key"],
    ["vault:team/data/creds/app#x", "secret://vault/team/data/creds/app#x"],
    [
      "vault:secret/data/app#${.password | b64enc}",
      "secret://vault/secret/data/app?decode=encode-base64#password",
    ],
    [
      "vault:secret/data/app#${ .cert | b64dec | trim }#3",
      "secret://vault/secret/data/app?version=3&decode=base64,trim#cert",
    ],
    ['vault:secret/data/app#${ index . "tls.crt" }', "secret://vault/secret/data/app#tls.crt"],
    ["vault:secret/data/app#${ upper .name }", "secret://vault/secret/data/app?decode=upper#name"],
    [
      "vault:secret/data/app#${ b64enc (trim .name) }",
      "secret://vault/secret/data/app?decode=trim,encode-base64#name",
    ],
    [
      "vault:secret/data/app#${.user}:${.password | urlquery}",
      "${secret://vault/secret/data/app#user}:${secret://vault/secret/data/app?decode=urlquery#password}",
    ],
    [
      '>>vault:pki/issue/web#certificate#{"common_name":"web.example","ttl":60}',
      "secret://vault/pki/issue/web%3F%7B%22common_name%22:%22web.example%22,%22ttl%22:60%7D?volatile=true#certificate",
    ],
    [
      ">>vault:pki/root/generate/internal#certificate",
      "secret://vault/pki/root/generate/internal%3F?volatile=true#certificate",
    ],
    [">>bao:pki/issue/web#private_key#{}", "secret://bao/pki/issue/web%3F?volatile=true#private_key"],
    [
      '>>vault:transit/decrypt/app#${.plaintext | b64dec}#{"ciphertext":"vault:v1:8SDd3WHD/w=="}',
      "secret://vault/transit/decrypt/app%3Fciphertext=vault:v1:8SDd3WHD/w==",
    ],
    [
      '>>vault:transit/decrypt/app#plaintext#{"ciphertext":"vault:v1:8SDd3WHD/w=="}',
      "secret://vault/transit/decrypt/app%3Fciphertext=vault:v1:8SDd3WHD/w==?decode=encode-base64",
    ],
    [
      "pg://${vault:secret/data/db#user}:${vault:secret/data/db#password#4}@db",
      "pg://${secret://vault/secret/data/db#user}:${secret://vault/secret/data/db?version=4#password}@db",
    ],
    ["${vault:secret/data/db#user}", "secret://vault/secret/data/db#user"],
    [
      "x${vault:secret/data/db#${.password | urlquery}}y",
      "x${secret://vault/secret/data/db?decode=urlquery#password}y",
    ],
    [
      '${>>vault:pki/issue/web#serial_number#{"common_name":"a"}}!',
      "${secret://vault/pki/issue/web%3F%7B%22common_name%22:%22a%22%7D?volatile=true#serial_number}!",
    ],
    ["$$$${vault:secret/data/db#user}", "$$${secret://vault/secret/data/db#user}"],
    ["${vault:a/b#c} ${vault:never closed", "${secret://vault/a/b#c} ${vault:never closed"],
  ])("%s is %s", (text, reference) => {
    expect(read(text)).toBe(reference);
  });

  it.each([
    "plain",
    "vaults:x#y",
    "x vault:secret/data/a#b",
    "${vault:never closed",
    "${VAR}",
    "https://vault:8200#x",
    ">vault:a#b",
  ])("leaves %j alone", (text) => {
    expect(readAll({ A: text })).toMatchObject({ env: {}, problems: [] });
  });

  it.each([
    ["vault:secret/data/app", /names no key/],
    ["vault:secret/data/app#", /names no key/],
    ["vault:#key", /names no path/],
    ["vault:login", /names no key/],
    ["vault:secret/data/app#key#latest", /version that is no number/],
    ["vault:secret/data/../sys#key", /cannot be written as a reference: the path has a ".." segment/],
    ["vault:secret/data/app?x=1#key", /has a \? in its path/],
    [">>vault:pki/issue/web#certificate#[1]", /no JSON object/],
    [">>vault:pki/issue/web#certificate#hunter2", /no JSON object/],
    ['>>vault:secret/data/app#x#{"data":{}}', /writes a secret of a key-value engine/],
    ['>>vault:transit/decrypt/app#name#{"ciphertext":"vault:v1:aa"}', /another field than plaintext/],
    ["vault:secret/data/app#${ .a | sha256sum }", /uses "sha256sum"/],
    ['vault:secret/data/app#${ .a | default "x" }', /uses "default"/],
    ["vault:secret/data/app#${ .a | toJson }", /uses "toJson"/],
    ["vault:secret/data/app#${ .a.b }", /more than fields and functions/],
    ["vault:secret/data/app#${ . }", /more than fields and functions/],
    ["vault:secret/data/app#${ if .a }x${ end }", /uses "if"/],
    ["vault:secret/data/app#${ .a | constructor }", /uses "constructor"/],
    ["vault:v1:8SDd3WHD/w==", /nothing says with which key/],
    ["bao:v1:8SDd3WHD/w==", /names no key/],
    ["x${vault:secret/data/app}y", /names no key/],
    ["${>vault:a/b#c}", /names no path/],
    ["${vault:a/b#c} ${secret://prod/x}", /two notations/],
    [`vault:secret/data/${"a".repeat(4096)}#key`, /longer than 4096/],
  ])("refuses %s", (text, problem) => {
    expect(read(text)).toMatch(problem);
    expect(read(text)).not.toContain("hunter2");
  });

  it("decrypts with the key that an annotation, a variable or an option says", () => {
    const of = (key: string, mount = "transit") =>
      `secret://vault/${mount}/decrypt/${key}%3Fciphertext=vault:v1:aa/w==`;
    const text = "vault:v1:aa/w==";
    const env = [
      { name: "VAULT_TRANSIT_KEY_ID", value: "k2" },
      { name: "VAULT_TRANSIT_PATH", value: "t2" },
    ];
    expect(read(text, { annotations: { [`${PREFIX}vault-transit-key-id`]: "k1" } })).toBe(of("k1"));
    expect(
      read(text, {
        annotations: { [`${OLD_PREFIX}transit-key-id`]: "k1", [`${OLD_PREFIX}transit-path`]: "t1" },
      }),
    ).toBe(of("k1", "t1"));
    expect(read(text, { env })).toBe(of("k2", "t2"));
    expect(read(text, { env, annotations: { [`${PREFIX}vault-transit-key-id`]: "k1" } })).toBe(
      of("k1", "t2"),
    );
    expect(read(text, { transit: { key: "k3", path: "t3" } })).toBe(of("k3", "t3"));
    expect(read(`x\${${text}}`, { transit: { key: "k3" } })).toBe(`x\${${of("k3")}}`);
  });

  it("gives a login's token only where those who run it say which", () => {
    expect(readAll({ VAULT_TOKEN: "vault:login" }).problems).toEqual([
      { problem: expect.stringContaining("no token of ours"), remedy: expect.stringContaining("login") },
    ]);
    expect(readAll({ VAULT_TOKEN: "vault:login" }, { login: "secret://tokens/app#token" }).env).toEqual({
      VAULT_TOKEN: "secret://tokens/app#token",
    });
    expect(() => bankVaults({ login: "s.hunter2" })).toThrow("Malformed");
  });

  it.each([PREFIX, OLD_PREFIX])("is turned off by %smutate: skip", (prefix) => {
    const reading = readAll(
      { A: "vault:a/b#c" },
      { annotations: { [`${prefix}mutate`]: "skip", [`${prefix}vault-from-path`]: "a/b" } },
    );
    expect(reading).toMatchObject({ env: {}, spread: [], problems: [] });
  });

  it.each(["true", "1", "T"])("leaves out what is missing when ignore-missing-secrets is %s", (value) => {
    for (const prefix of [PREFIX, OLD_PREFIX]) {
      const annotations = { [`${prefix}vault-ignore-missing-secrets`]: value };
      const { optional } = readAll(
        { A: "vault:a/b#c", B: "x${vault:a/b#c}", C: "bao:a/b#c" },
        { annotations },
      );
      expect(optional).toEqual(["A", "B"]);
    }
  });

  it("does not leave out what is missing when it says anything else", () => {
    const annotations = { [`${PREFIX}vault-ignore-missing-secrets`]: "yes" };
    expect(readAll({ A: "vault:a/b#c" }, { annotations }).optional).toEqual([]);
    expect(readAll({ A: "vault:a/b#c" }, { ignoreMissing: true }).optional).toEqual(["A"]);
  });

  it("keeps the variables of VAULT_PASSTHROUGH, as all others, and fills those that hold references", () => {
    const annotations = { [`${PREFIX}vault-passthrough`]: "VAULT_ADDR,VAULT_TOKEN" };
    const { env, remove } = readAll(
      { VAULT_ADDR: "https://v:8200", VAULT_TOKEN: "vault:a/b#token" },
      { annotations },
    );
    expect(env).toEqual({ VAULT_TOKEN: "secret://vault/a/b#token" });
    expect(remove).toEqual([]);
  });

  it("waits for nothing, and takes what concerns only the way of delivery as it is", () => {
    const annotations = Object.fromEntries(
      [
        "secret-init-delay",
        "secret-init-daemon",
        "secret-init-json-log",
        "mutate-probes",
        "provider",
        "vault-role",
      ]
        .concat([
          "vault-path",
          "vault-auth-method",
          "vault-skip-verify",
          "vault-tls-secret",
          "vault-client-timeout",
        ])
        .concat(["vault-serviceaccount", "vault-agent"])
        .map((name) => [PREFIX + name, "true"]),
    );
    expect(readAll({ A: "vault:a/b#c" }, { annotations })).toMatchObject({
      env: { A: "secret://vault/a/b#c" },
      problems: [],
    });
  });

  it.each(["vault-ct-configmap", "vault-agent-configmap", "bao-ct-configmap"])("refuses %s", (name) => {
    const { problems } = readAll({}, { annotations: { [PREFIX + name]: "my-config" } });
    expect(problems).toEqual([
      { problem: expect.stringContaining(`Annotation ${name} asks for files`), remedy: expect.any(String) },
    ]);
  });

  it("looks into ConfigMaps and Secrets", () => {
    const objects = {
      "ConfigMap/settings": { data: { A: "vault:a/b#c" } },
      "Secret/keys": { data: { B: Buffer.from("vault:a/b#d").toString("base64") } },
    };
    const env: EnvVar[] = [
      { name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "A" } } },
      { name: "B", valueFrom: { secretKeyRef: { name: "keys", key: "B" } } },
    ];
    expect(readAll({}, { env, objects }).env).toEqual({
      A: "secret://vault/a/b#c",
      B: "secret://vault/a/b#d",
    });
  });
});
