import { isAllowed } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  type FindStore,
  type PolicyRead,
  type PolicyWorkload,
  renderPolicy,
  type TargetName,
} from "./index.js";

const STORES: Readonly<Record<string, { readonly provider: string; readonly options?: object }>> = {
  aws: { provider: "ssm" },
  china: { provider: "ssm", options: { region: "cn-north-1" } },
  sm: { provider: "secrets-manager", options: { region: "eu-west-1" } },
  acme: { provider: "azure-key-vault" },
  bao: { provider: "vault" },
  old: { provider: "vault", options: { kvVersion: 1 } },
};

const findStore: FindStore = (name) => {
  const store = STORES[name];
  return store && { name, provider: store.provider, options: { ...store.options } };
};

function workload(reads: readonly PolicyRead[], of: Partial<PolicyWorkload> = {}): PolicyWorkload {
  return { what: "Deployment shop/web", namespace: "shop", serviceAccount: "web", reads, ...of };
}

function policy(target: TargetName, ...workloads: PolicyWorkload[]): string {
  return renderPolicy(target, workloads, findStore).text;
}

describe("terraform-ssm", () => {
  it("grants parameters and secrets, each once and in order", () => {
    const reads = [
      { store: "sm", path: "shop/db", key: "password" },
      { store: "sm", path: "shop/db", key: "user" },
      { store: "aws", path: "/z" },
      { store: "aws", path: "a/b" },
      { store: "china", path: "c" },
      { store: "aws", path: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/db" },
      { store: "sm", path: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/x-AbCdEf" },
      { store: "aws", path: "/acme/leases/flake", anyIndex: true },
    ];
    const text = policy("terraform-ssm", workload(reads));
    expect(text).toBe(policy("terraform-ssm", workload(reads.toReversed())));
    expect(text).toMatchInlineSnapshot(`
      "# Made by sluice policy from manifests: change those, and make it anew.

      # Service account web in shop: Deployment shop/web
      data "aws_iam_policy_document" "shop_web_secrets" {
        statement {
          sid     = "ReadParameters"
          actions = ["ssm:GetParameter", "ssm:GetParameters"]

          resources = [
            "arn:aws-cn:ssm:cn-north-1:\${var.aws_account_id}:parameter/c",
            "arn:aws:ssm:\${var.aws_region}:\${var.aws_account_id}:parameter/a/b",
            "arn:aws:ssm:\${var.aws_region}:\${var.aws_account_id}:parameter/acme/leases/flake.*",
            "arn:aws:ssm:\${var.aws_region}:\${var.aws_account_id}:parameter/z",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/db",
          ]
        }

        statement {
          sid     = "ReadSecrets"
          actions = ["secretsmanager:GetSecretValue"]

          resources = [
            "arn:aws:secretsmanager:eu-west-1:\${var.aws_account_id}:secret:shop/db-??????",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/x-AbCdEf",
          ]
        }
      }

      resource "aws_iam_policy" "shop_web_secrets" {
        name   = "shop-web-secrets"
        policy = data.aws_iam_policy_document.shop_web_secrets.json
      }
      "
    `);
  });

  it("sums up by service account", () => {
    const read = { store: "aws", path: "/a" };
    const text = policy(
      "terraform-ssm",
      workload([read], { what: "Job shop/once" }),
      workload([read]),
      workload([{ store: "aws", path: "/b" }], { serviceAccount: "other.one" }),
    );
    expect(text.match(/^data .*$/gm)).toEqual([
      'data "aws_iam_policy_document" "shop_other__one_secrets" {',
      'data "aws_iam_policy_document" "shop_web_secrets" {',
    ]);
    expect(text).toContain("# Service account web in shop: Deployment shop/web, Job shop/once\n");
  });

  it.each(["*", "/shop/*", "/a?", 'x"y', "${x}", "a b"])(
    "refuses %s, which grants more or is no name",
    (path) => {
      for (const store of ["aws", "sm"])
        expect(() => policy("terraform-ssm", workload([{ store, path }]))).toThrow(
          `in the store "${store}" is no`,
        );
    },
  );
});

describe("azure-rbac", () => {
  it("gives a role on each object", () => {
    const paths = ["db", "secrets/DB", "certificates/web", "keys/signing"].map((path) => ({
      store: "acme",
      path,
    }));
    const reads = [...paths, { store: "acme", path: "certificates/api", key: "tls.key" }];
    const text = policy("azure-rbac", workload(reads));
    const found = text.matchAll(/scope += "([^\n]*)"\n +role_definition_name = "(.*)"/g);
    expect(Array.from(found, ([, scope, role]) => [scope, role])).toEqual([
      ['${var.key_vault_ids["acme"]}/secrets/api', "Key Vault Secrets User"],
      ['${var.key_vault_ids["acme"]}/certificates/web', "Key Vault Reader"],
      ['${var.key_vault_ids["acme"]}/secrets/db', "Key Vault Secrets User"],
      ['${var.key_vault_ids["acme"]}/keys/signing', "Key Vault Reader"],
    ]);
  });

  it("refuses what is no object", () => {
    expect(() => policy("azure-rbac", workload([{ store: "acme", path: "db.password" }]))).toThrow(
      "no object",
    );
  });
});

describe("vault", () => {
  it("grants what reading takes of each engine", () => {
    const reads: PolicyRead[] = [
      { store: "bao", path: "secret/app/db", key: "password" },
      { store: "bao", path: "secret/data/app/db", key: "user" },
      { store: "old", path: "kv/app" },
      { store: "bao", path: "database/creds/app", volatile: true },
      { store: "bao", path: "pki/issue/web?common_name=a", volatile: true },
      { store: "bao", path: "transit/decrypt/app?ciphertext=vault:v1:x" },
      { store: "bao", path: "sys/wrapping/unwrap/boot" },
      { store: "bao", path: "secret/what?" },
    ];
    const text = policy("vault", workload(reads));
    const found = text.matchAll(/path "(.*)" \{\n {2}capabilities = \["(\w+)"\]\n\}/g);
    expect(Array.from(found, ([, path, capability]) => [path, capability])).toEqual([
      ["database/creds/app", "read"],
      ["kv/app", "read"],
      ["pki/issue/web", "update"],
      ["secret/data/app/db", "read"],
      ["secret/data/what?", "read"],
      ["transit/decrypt/app", "update"],
    ]);
  });

  it.each(["secret/*", "secret/+/a", "secret/a*b"])("refuses %s, which grants more", (path) => {
    expect(() => policy("vault", workload([{ store: "bao", path }]))).toThrow("wildcard");
  });
});

describe("store", () => {
  interface Patch {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly access: Parameters<typeof isAllowed>[0] };
  }

  it("grants what is read, and nothing beside it", () => {
    const text = policy(
      "store",
      workload([
        { store: "bao", path: "app/db" },
        { store: "aws", path: "/leases/flake", anyIndex: true },
      ]),
      workload([{ store: "bao", path: "app/other" }], { namespace: "team", serviceAccount: "default" }),
    );
    const patches = parseAllDocuments(text).map((document) => document.toJS() as Patch);
    expect(patches.map(({ metadata }) => metadata.name)).toEqual(["aws", "bao"]);
    const [aws = [], bao = []] = patches.map(({ spec }) => spec.access);
    const web = { namespace: "shop", serviceAccount: "web" };
    expect(isAllowed(bao, { ...web, path: "app/db" })).toBe(true);
    expect(isAllowed(bao, { ...web, path: "app/other" })).toBe(false);
    expect(isAllowed(bao, { namespace: "team", serviceAccount: "default", path: "app/db" })).toBe(false);
    expect(isAllowed(aws, { ...web, path: "/leases/flake.7" })).toBe(true);
    expect(isAllowed(aws, { ...web, path: "/leases/other.7" })).toBe(false);
  });

  it("writes no namespaces for a store that has one itself", () => {
    const { text } = renderPolicy("store", [workload([{ store: "own", path: "a" }])], (name, namespace) => ({
      name,
      provider: "file",
      namespace,
    }));
    expect(parseAllDocuments(text)[0]?.toJS()).toMatchObject({
      kind: "SecretStore",
      metadata: { name: "own", namespace: "shop" },
      spec: { access: [{ serviceAccounts: ["web"], paths: ["a"] }] },
    });
    expect(text).not.toContain("namespaces");
  });

  it("grants nothing that a workload reads past the broker", () => {
    const reads = [
      { store: "bao", path: "a" },
      { store: "aws", path: "b", isDirect: true },
    ];
    const { text, leftOut } = renderPolicy("store", [workload(reads)], findStore);
    expect(parseAllDocuments(text)).toHaveLength(1);
    expect(leftOut).toEqual(["aws (ssm)"]);
    expect(policy("terraform-ssm", workload(reads))).toContain("parameter/b");
  });

  it("refuses a wildcard", () => {
    expect(() => policy("store", workload([{ store: "bao", path: "a/*" }]))).toThrow("wildcard");
  });
});

describe("renderPolicy", () => {
  it("says which stores it leaves out", () => {
    const reads = ["aws", "bao", "acme"].map((store) => ({ store, path: "a" }));
    expect(renderPolicy("vault", [workload(reads)], findStore).leftOut).toEqual([
      "acme (azure-key-vault)",
      "aws (ssm)",
    ]);
  });

  it("refuses to write a policy of nothing", () => {
    expect(() => policy("vault")).toThrow("ask for no secrets");
    expect(() => policy("vault", workload([{ store: "aws", path: "a" }]))).toThrow("but from aws (ssm)");
  });

  it("refuses a store that nothing is known of", () => {
    expect(() => policy("store", workload([{ store: "prd", path: "a" }]))).toThrow(
      'Deployment shop/web reads from the store "prd", and nothing tells what that is',
    );
  });
});
