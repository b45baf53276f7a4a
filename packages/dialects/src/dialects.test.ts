import { type Dialect, type ObjectNeed, readContainer, type Scope } from "@sluice/core/dialect";
import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { akv2k8s, atarraya, secretsInit, sluice } from "./index.js";

interface Surroundings {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly objects?: Readonly<Record<string, unknown>>;
  readonly kind?: "app" | "init";
}

function scopeOf(container: Container, { annotations, labels, objects }: Surroundings): Scope {
  const pod: Pod = { metadata: { ...(annotations && { annotations }) }, spec: { containers: [container] } };
  const find = ({ name }: ObjectNeed) => objects?.[name] as Record<string, unknown> | undefined;
  return { pod, namespace: "shop", namespaceLabels: labels ?? {}, objects: { find } };
}

function read(dialect: Dialect, variables: Readonly<Record<string, string>>, around: Surroundings = {}) {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const container = { name: "web", env };
  const scope = scopeOf(container, around);
  if (!dialect.appliesTo(scope.pod, scope)) return "not asked for";
  return readContainer(container, around.kind ?? "app", [dialect], scope);
}

describe("sluice", () => {
  it("reads references, whole and inside a text", () => {
    const env = { A: "secret://prod/a#k", B: "x${secret://prod/b}", C: "no $(reference)" };
    expect(read(sluice(), env)).toMatchObject({ env: { A: env.A, B: env.B }, problems: [] });
  });

  it("says where one is malformed, and quotes nothing around it", () => {
    const reading = read(sluice(), { A: "hunter2 ${secret://prod/a" });
    expect(reading).toMatchObject({
      env: {},
      problems: [{ problem: expect.stringContaining("Variable A: Malformed") }],
    });
    expect(JSON.stringify(reading)).not.toContain("hunter2");
  });

  it("makes variables of every field of the secrets that an annotation names", () => {
    const annotations = { "sluice.dev/env-from": " secret://prod/a\n secret://prod/b?version=2 " };
    expect(read(sluice(), {}, { annotations })).toMatchObject({
      spread: [{ from: "secret://prod/a" }, { from: "secret://prod/b?version=2" }],
      problems: [],
    });
    for (const text of ["secret://prod/a#k", "secret://prod/a?decode=trim", "prod/a"])
      expect(read(sluice(), {}, { annotations: { "sluice.dev/env-from": text } })).toMatchObject({
        spread: [],
        problems: [{ problem: expect.stringContaining("Annotation sluice.dev/env-from") }],
      });
  });

  it("leaves out what is missing where an annotation says so", () => {
    const annotations = { "sluice.dev/env-from": "secret://prod/a", "sluice.dev/ignore-missing": "true" };
    expect(read(sluice(), { A: "secret://prod/a#k" }, { annotations })).toMatchObject({
      optional: ["A"],
      spread: [{ from: "secret://prod/a", optional: true }],
    });
  });

  it("is turned off by an annotation", () => {
    expect(read(sluice(), {}, { annotations: { "sluice.dev/inject": "false" } })).toBe("not asked for");
  });
});

describe("atarraya", () => {
  const annotations = { "atarraya/keyvault": "Acme-Prod" };

  it("reads the secret whose name the variable ends with, and takes its marker away", () => {
    expect(
      read(atarraya(), { "ATARRAYA_SECRET_db-password": "", OTHER: "x" }, { annotations }),
    ).toMatchObject({
      env: { "db-password": "secret://acme-prod/db-password" },
      remove: ["ATARRAYA_SECRET_db-password"],
      problems: [],
    });
  });

  it("is asked for by its annotation only, and does not believe that it was there", () => {
    expect(read(atarraya(), { ATARRAYA_SECRET_a: "" })).toBe("not asked for");
    const injected = { ...annotations, "atarraya/status": "injected" };
    expect(read(atarraya(), { ATARRAYA_SECRET_a: "" }, { annotations: injected })).toMatchObject({
      env: { a: "secret://acme-prod/a" },
    });
  });

  it("leaves init containers alone, as it always has", () => {
    expect(read(atarraya(), { ATARRAYA_SECRET_a: "" }, { annotations, kind: "init" })).toMatchObject({
      env: {},
    });
  });

  it.each([
    [{ ATARRAYA_SECRET_DB_PASSWORD: "" }, annotations, /names no secret that a vault can hold/],
    [{ ATARRAYA_SECRET_: "" }, annotations, /names no secret/],
    [{ ATARRAYA_SECRET_a: "" }, { "atarraya/keyvault": "a/b" }, /does not name a vault/],
  ])("refuses %j", (env, annotations, problem) => {
    expect(read(atarraya(), env as Record<string, string>, { annotations })).toMatchObject({
      env: {},
      problems: [{ problem: expect.stringMatching(problem) }],
    });
  });
});

describe("akv2k8s", () => {
  const labels = { "azure-key-vault-env-injection": "enabled" };
  const secret = (object: unknown, output?: unknown) => ({
    spec: { vault: { name: "my-kv", object }, output },
  });
  const objects = {
    "db.main": secret({ name: "db", type: "secret" }),
    old: { spec: { vault: { name: "my-kv" }, object: { name: "test-cert", type: "certificate" } } },
    pinned: secret({ name: "db", type: "secret", version: "0123" }, { transform: ["trim", "base64decode"] }),
    signing: secret({ name: "sign", type: "key" }),
    many: secret({ name: "many", type: "multi-key-value-secret" }),
    encoded: secret({ name: "db", type: "secret" }, { transform: ["trim", "base64encode"] }),
    gzipped: secret({ name: "db", type: "secret" }, { transform: ["gzip"] }),
    odd: secret({ name: "db", type: "blob" }),
    vaultless: { spec: {} },
  };
  const around = { labels, objects };

  it.each([
    ["db.main@azurekeyvault", "secret://my-kv/db"],
    ["db.main@azurekeyvault?", "secret://my-kv/db"],
    ["db.main@azurekeyvault?username", "secret://my-kv/db?decode=username"],
    ["db.main@azurekeyvault?password", "secret://my-kv/db?decode=password"],
    ["pinned@azurekeyvault", "secret://my-kv/db?version=0123&decode=trim,base64"],
    ["encoded@azurekeyvault", "secret://my-kv/db?decode=trim,encode-base64"],
    ["old@azurekeyvault", "secret://my-kv/certificates/test-cert"],
    ["old@azurekeyvault?tls.crt", "secret://my-kv/certificates/test-cert"],
    ["old@azurekeyvault?whatever", "secret://my-kv/certificates/test-cert"],
    ["old@azurekeyvault?tls.key", "secret://my-kv/certificates/test-cert#tls.key"],
    ["old@azurekeyvault?raw", "secret://my-kv/certificates/test-cert#raw"],
    ["signing@azurekeyvault", "secret://my-kv/keys/sign"],
    ["many@azurekeyvault?user", "secret://my-kv/many#user"],
  ])("%s is %s", (text, reference) => {
    expect(read(akv2k8s(), { A: text }, around)).toMatchObject({ env: { A: reference }, problems: [] });
  });

  it("reads whole values only", () => {
    const env = {
      A: "x db.main@azurekeyvault",
      B: "@azurekeyvault",
      C: "db.main@azurekeyvaults",
      D: "UPPER@azurekeyvault",
    };
    expect(read(akv2k8s(), env, around)).toMatchObject({ env: {}, problems: [] });
  });

  it("names the objects it must see", () => {
    const container = { name: "web" };
    const variable = { container, kind: "app", name: "A", text: "db.main@azurekeyvault?password" } as const;
    const dialect = akv2k8s();
    expect(dialect.needs?.(variable, scopeOf(container, around))).toEqual([
      { apiVersion: "spv.no/v2beta1", kind: "AzureKeyVaultSecret", name: "db.main" },
    ]);
    expect(dialect.needs?.({ ...variable, text: "plain" }, scopeOf(container, around))).toEqual([]);
  });

  it("is asked for by the namespace's label only", () => {
    expect(read(akv2k8s(), {}, { objects })).toBe("not asked for");
    expect(read(akv2k8s(), {}, { objects, labels: { "azure-key-vault-env-injection": "disabled" } })).toBe(
      "not asked for",
    );
  });

  it.each([
    ["gone@azurekeyvault", /AzureKeyVaultSecret "gone", which namespace "shop" does not have/],
    ["many@azurekeyvault", /does not say which key/],
    ["db.main@azurekeyvault?user", /asks a secret for "\?user"/],
    ["gzipped@azurekeyvault", /"gzipped": spec.output.transform/],
    ["odd@azurekeyvault", /"odd": spec.vault.object.type is unknown/],
    ["vaultless@azurekeyvault", /"vaultless": spec.vault.name/],
  ])("refuses %s", (text, problem) => {
    expect(read(akv2k8s(), { A: text }, around)).toMatchObject({
      env: {},
      problems: [{ problem: expect.stringMatching(problem) }],
    });
  });
});

describe("secrets-init", () => {
  it.each([
    [
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
      "secret://aws-secrets/arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
    ],
    [
      "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b-AbCdEf",
      "secret://aws-secrets/arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b-AbCdEf",
    ],
    [
      "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
      "secret://aws-ssm/arn:aws:ssm:eu-west-1:123456789012:parameter/app/db",
    ],
    [
      "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db:3",
      "secret://aws-ssm/arn:aws:ssm:eu-west-1:123456789012:parameter/app/db?version=3",
    ],
  ])("%s is %s", (text, reference) => {
    expect(read(secretsInit(), { A: text })).toMatchObject({ env: { A: reference } });
  });

  it("reads whole values only, and leaves other ARNs alone", () => {
    const env = {
      A: "x arn:aws:ssm:eu-west-1:123456789012:parameter/a",
      B: "arn:aws:iam::123456789012:role/x",
    };
    expect(read(secretsInit(), env)).toMatchObject({ env: {}, problems: [] });
  });

  it("refuses what there is no provider for", () => {
    expect(read(secretsInit(), { A: "gcp:secretmanager:projects/p/secrets/s" })).toMatchObject({
      problems: [{ problem: expect.stringContaining("Google Secret Manager") }],
    });
  });
});
