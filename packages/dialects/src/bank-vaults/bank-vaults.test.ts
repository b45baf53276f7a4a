import {
  type ContainerReading,
  type Dialect,
  type ObjectNeed,
  readContainer,
  type Scope,
} from "@sluice/core/dialect";
import type { ContainerKind, EnvVar, Pod } from "@sluice/core/pod";
import { parsePlannedText } from "@sluice/core/plan";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BankVaultsOptions, bankVaults, storeOfServers } from "../index.js";

const PREFIX = "secrets-webhook.security.bank-vaults.io/";
const OLD_PREFIX = "vault.security.banzaicloud.io/";

interface Surroundings extends BankVaultsOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kind?: ContainerKind;
  readonly env?: readonly EnvVar[];
  readonly objects?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function readAll(variables: Readonly<Record<string, string>>, around: Surroundings = {}): ContainerReading {
  const { annotations = {}, kind = "app", env = [], objects = {}, ...options } = around;
  const container = {
    name: "web",
    env: [...env, ...Object.entries(variables).map(([name, value]) => ({ name, value }))],
  };
  const dialect: Dialect = bankVaults(options);
  const pod: Pod = { metadata: { annotations }, spec: { containers: [container] } };
  const scope: Scope = {
    pod,
    namespace: "shop",
    namespaceLabels: {},
    objects: { find: ({ kind: of, name }: ObjectNeed) => objects[`${of}/${name}`] },
  };
  return readContainer(container, kind, dialect.appliesTo(pod, scope) ? [dialect] : [], scope);
}

const read = (text: string, around: Surroundings = {}) => {
  const { env, problems } = readAll({ A: text }, around);
  return problems[0]?.problem ?? env["A"];
};

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

describe("whatever a pod of bank-vaults has", () => {
  it("is read as references that can be parsed, denied, or left as it is, and nothing is half read", () => {
    const piece = fc.constantFrom(
      "${",
      "}",
      "}}",
      "$",
      "vault:",
      "bao:",
      ">>",
      ">",
      "a/b",
      "#",
      "k",
      "{",
      '{"a":"b"}',
      ".a",
      "|",
      " ",
      "(",
      ")",

      "b64enc",
      "trim",
      "v1:",
      "login",
      "secret://",
      "?",
      "..",
      "/",
      "\n",
      "é",
      "%",
      '"',
      "`",
      "index",
      "-",
      "1",
      ",",
    );
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(""));
    const hint = fc.constantFrom("${vault:a/b#", "vault:a/b#", ">>vault:a/b#${", "vault:", "");
    fc.assert(
      fc.property(hint, text, text, (start, rest, paths) => {
        const annotations = { [`${PREFIX}vault-from-path`]: paths };
        const { env, spread, problems } = readAll(
          { A: start + rest },
          { annotations, transit: { key: "k" } },
        );
        const parts = Object.values(env).flatMap(parsePlannedText);
        const from = spread.flatMap(({ from: reference }) => parsePlannedText(reference));
        const literals = parts.filter((part) => typeof part === "string").join("\0");
        expect(literals).not.toMatch(/\$\{(?:>>)?(?:vault|bao):[^\n]*\}/);
        expect(from.every((part) => typeof part === "object")).toBe(true);
        expect(problems.every(({ problem, remedy }) => problem !== "" && remedy !== "")).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("does not exhaust the reader", () => {
    const deep = `vault:a/b#\${${"(".repeat(60_000)}.a${")".repeat(60_000)}}`;
    expect(read(deep)).toMatch(/longer than/);
    const many = "${vault:".repeat(16_000);
    expect(read(many)).toBeUndefined();
    expect(read(`${many}}`)).toMatch(/has a reference that/);
    expect(read("${vault:a/b#c}".repeat(9_000))).toContain("secret://vault/a/b#c");
  });
});

describe("the server that a pod of bank-vaults names", () => {
  const named = (more: Readonly<Record<string, string>>): Surroundings => ({
    annotations: Object.fromEntries(Object.entries(more).map(([name, value]) => [PREFIX + name, value])),
  });
  const storeOf = storeOfServers([
    { store: "main", address: "https://vault.example:8200/" },
    { store: "team", address: "https://vault.example:8200", namespace: "team/a" },
    { store: "local" },
  ]);

  it.each([
    [{ "vault-addr": "https://VAULT.example:8200" }, "secret://main/a/b#c"],
    [{ "vault-addr": "https://vault.example:8200", "vault-namespace": "/team/a/" }, "secret://team/a/b#c"],
    [{ "vault-role": "any", "vault-addr": "" }, "secret://local/a/b#c"],
  ])("%j is %s", (annotations, reference) => {
    expect(read("vault:a/b#c", { ...named(annotations as Record<string, string>), storeOf })).toBe(reference);
  });

  it.each([
    { "vault-addr": "http://vault.example:8200" },
    { "vault-addr": "https://vault.example:8201" },
    { "vault-addr": "https://vault.example:8200@evil.example" },
    { "vault-addr": "https://user@vault.example:8200" },
    { "vault-addr": "https://vault.example:8200/?x" },
    { "vault-addr": "http://169.254.169.254" },
    { "vault-addr": "https://vault.example:8200", "vault-namespace": "team/b" },
    { "vault-namespace": "team/a" },
  ])("is refused as %j, and not dialled", (annotations) => {
    expect(read("vault:a/b#c", { ...named(annotations as Record<string, string>), storeOf })).toMatch(
      /names a server that no store is known for/,
    );
  });

  it("is refused by default where it is named", () => {
    expect(read("vault:a/b#c", named({ "vault-addr": "https://vault:8200" }))).toMatch(
      /Annotation vault-addr names/,
    );
    expect(read("bao:a/b#c", named({ "vault-addr": "https://vault:8200" }))).toBe("secret://bao/a/b#c");
    expect(read("bao:a/b#c", named({ "bao-namespace": "x" }))).toMatch(/Annotation bao-namespace names/);
  });

  it("is called like its notation where neither the pod nor the list names one", () => {
    const known = storeOfServers([{ store: "main", address: "https://vault.example:8200" }]);
    expect(read("vault:a/b#c", { storeOf: known })).toBe("secret://vault/a/b#c");
    expect(read("bao:a/b#c", { storeOf: known })).toBe("secret://bao/a/b#c");
  });

  it("tells storeOf what else it names", () => {
    const around = named({ "vault-role": "r", "vault-path": "k8s", "vault-auth-method": "jwt" });
    const seen: unknown[] = [];
    read("vault:a/b#c", { ...around, storeOf: (server) => (seen.push(server), "x") });
    expect(seen[0]).toEqual({ notation: "vault", role: "r", authPath: "k8s", authMethod: "jwt" });
    expect(read("vault:a/b#c", { storeOf: () => "No Store" })).toMatch(/no store's name/);
  });
});

describe("vault-from-path", () => {
  const spreadOf = (paths: string, around: Surroundings = {}, name = `${PREFIX}vault-from-path`) =>
    readAll({}, { ...around, annotations: { ...around.annotations, [name]: paths } });

  it.each([
    ["secret/data/a", [{ from: "secret://vault/secret/data/a" }]],
    [
      "secret/data/a#1, secret/b,",
      [{ from: "secret://vault/secret/data/a?version=1" }, { from: "secret://vault/secret/b" }],
    ],
    ["database/creds/app", [{ from: "secret://vault/database/creds/app?volatile=true" }]],
  ])("%s is %j", (paths, spread) => {
    expect(spreadOf(paths)).toMatchObject({ spread, problems: [], env: {} });
  });

  it.each([`${OLD_PREFIX}vault-env-from-path`, `${OLD_PREFIX}vault-from-path`])("is also %s", (name) => {
    expect(spreadOf("a/b", {}, name).spread).toEqual([{ from: "secret://vault/a/b" }]);
  });

  it("is read for every container that starts with its pod", () => {
    for (const kind of ["app", "init", "sidecar"] as const)
      expect(spreadOf("a/b", { kind }).spread).toHaveLength(1);
    expect(spreadOf("a/b", { kind: "ephemeral" }).spread).toEqual([]);
  });

  it("may be missing, and goes to its own server", () => {
    const annotations = { [`${PREFIX}bao-ignore-missing-secrets`]: "true" };
    expect(spreadOf("a/b", { annotations }, `${PREFIX}bao-from-path`).spread).toEqual([
      { from: "secret://bao/a/b", optional: true },
    ]);
    expect(spreadOf("a/b", { annotations: { [`${PREFIX}vault-addr`]: "x" } }).problems).toHaveLength(1);
  });

  it.each(["a/../b", "#1", "a#x", "a?b=c"])("refuses %s", (paths) => {
    expect(spreadOf(paths)).toMatchObject({
      spread: [],
      problems: [{ problem: expect.stringContaining("no path of a secret") }],
    });
  });
});

describe("secret-init's other providers", () => {
  const annotated: Surroundings = { annotations: { [`${PREFIX}provider`]: "vault" } };

  it.each([
    ["azure:keyvault:db", "secret://azure-key-vault/db"],
    ["azure:keyvault:db/0123abc", "secret://azure-key-vault/db?version=0123abc"],
    [
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
      "secret://aws-secrets/arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
    ],
    [
      "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
      "secret://aws-ssm/arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
    ],
  ])("%s is %s", (text, reference) => {
    expect(read(text)).toBe(reference);
  });

  it("file: is one only in pods of this notation, and needs a store", () => {
    expect(read("file:./dev.db")).toBeUndefined();
    expect(read("file:/secrets/db", annotated)).toMatch(/names a file of its container/);
    expect(read("file:/secrets/db", { ...annotated, files: "local" })).toBe("secret://local/secrets/db");
    expect(read("file:/../etc/shadow", { ...annotated, files: "local" })).toMatch(/names a file/);
  });

  it.each([
    [
      "gcp:secretmanager:projects/p/secrets/s/versions/1",
      /Google Secret Manager, for which there is no provider/,
    ],
    ["azure:keyvault:a/b/c", /names no secret that a vault can hold/],
    ["azure:keyvault:a_b", /names no secret that a vault can hold/],
  ])("refuses %s", (text, problem) => {
    expect(read(text)).toMatch(problem);
  });
});
