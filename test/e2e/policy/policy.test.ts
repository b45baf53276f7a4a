import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Hcl, type HclBlock, hclProgram, parseHcl } from "../../servers/hcl-json.js";
import { serversRequired } from "../../servers/shared/server.js";
import { type Finished, sluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/kees", import.meta.url));
const SEED = readFileSync(join(FIXTURES, "seed.yaml"), "utf8");
const LINE = '        secret.bsycorp.com/db.password: "kind=REFERENCE,type=PASSWORD"\n';
const MORE = SEED.replace(LINE, `${LINE}${LINE.replace("db.password", "db.url")}`);
const TWICE = SEED.replace(LINE, `${LINE.replace("REFERENCE", "NONE")}${LINE}`);

/** Notations and kinds side by side. */
const ALL = `kind: Namespace
metadata: { name: shop }
---
apiVersion: sluice.dev/v1alpha1
kind: ClusterSecretStore
metadata: { name: prod }
spec: { provider: vault }
---
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: web
          containers:
            - { name: a, image: a, env: [{ name: URL, value: "https://\${secret://prod/secret/db#user}@db" }] }
---
kind: List
items:
  - kind: StatefulSet
    metadata: { name: db, namespace: shop }
    spec:
      template:
        metadata: { annotations: { atarraya/keyvault: acme, sluice.dev/file.token: "secret://prod/secret/api#token" } }
        spec:
          serviceAccountName: web
          securityContext: { runAsUser: 1000 }
          containers: [{ name: a, image: a, env: [{ name: ATARRAYA_SECRET_PASSWORD, value: x }] }]
  - kind: Pod
    metadata: { name: p, namespace: shop }
    spec:
      serviceAccountName: web
      containers:
        - name: a
          image: a
          env:
            - { name: A, value: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-AbCdEf" }
            - { name: B, value: "arn:aws:ssm:eu-central-1:111122223333:parameter/shop/b:3" }
            - { name: C, value: "vault:kv/data/web#password" }
`;
const SETTINGS =
  'bankVaults: { servers: [{ store: prod, address: "https://bao.example" }, { store: prod }] }\n';
const STORES = ["--settings", "settings.yaml", "--store", "acme=azure-key-vault"];

let workspace: Workspace;

beforeAll(() => {
  workspace = createWorkspace({
    "seed.yaml": SEED,
    "more.yaml": MORE,
    "twice.yaml": TWICE,
    "all.yaml": ALL,
    "settings.yaml": SETTINGS,
    "terraform.hbs": readFileSync(join(FIXTURES, "terraform.template"), "utf8"),
    "broken.hbs": "{{#each parameters}}",
  });
});
afterAll(() => workspace[Symbol.dispose]());

async function policy(...args: readonly string[]): Promise<Finished> {
  return sluice(["policy", ...args], { cwd: workspace.path });
}

const PARAMETERS = ["db.password", "signingKey.v1_private", "signingKey.v1_public"].map(
  (name) => `arn:aws:ssm:eu-central-1:111122223333:parameter/${name}`,
);
const KEES = ["-t", "terraform.hbs", "-m", "app"];

// Each runs the command line some times, which on a busy machine takes seconds.
vi.setConfig({ testTimeout: 120_000 });

describe("sluice policy", async () => {
  const program = await hclProgram();
  if (program === undefined) {
    if (serversRequired()) throw new Error("The parser of HCL could not be built");
    process.stderr.write("\nSKIPPED: policies as HCL: its parser is not built\n\n");
  }
  const parsed = async ({ code, stdout }: Finished): Promise<Hcl> => {
    expect(code).toBe(0);
    return parseHcl(program as string, stdout);
  };
  const statementsOf = ({ blocks }: Hcl): readonly HclBlock[] =>
    blocks.flatMap(({ type, blocks: inner }) => (type === "data" ? inner : []));

  it.skipIf(program === undefined)("lists exactly the parameters of kees' manifest, as HCL", async () => {
    const hcl = await parsed(await policy("-f", "seed.yaml"));
    expect(hcl.formatted).toBe(true);
    expect(statementsOf(hcl).map(({ attributes }) => attributes["resources"])).toEqual([PARAMETERS]);
  });

  it.skipIf(program === undefined)(
    "does so by a template of kees, of a key twice taking the last",
    async () => {
      for (const manifest of ["seed.yaml", "twice.yaml"]) {
        const hcl = await parsed(await policy("-i", manifest, ...KEES));
        expect(statementsOf(hcl).map(({ attributes }) => attributes["resources"])).toEqual([PARAMETERS]);
        expect(hcl.blocks.map(({ labels }) => labels?.[1])).toEqual(["app-secrets", "app-secrets"]);
      }
    },
  );

  it.skipIf(program === undefined)("reads every document, kind and notation", async () => {
    const aws = await parsed(await policy("-f", "all.yaml", "seed.yaml", ...STORES));
    expect(aws.formatted).toBe(true);
    expect(aws.blocks.map(({ labels }) => labels?.[1])).toEqual([
      "default_default_secrets",
      "default_default_secrets",
      "shop_web_secrets",
      "shop_web_secrets",
    ]);
    expect(statementsOf(aws).flatMap(({ attributes }) => attributes["resources"])).toEqual([
      ...PARAMETERS,
      "arn:aws:ssm:eu-central-1:111122223333:parameter/shop/b",
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-AbCdEf",
    ]);
    const azure = await parsed(await policy("-f", "all.yaml", "--target", "azure-rbac", ...STORES));
    expect(azure.formatted).toBe(true);
    expect(azure.blocks.map(({ attributes }) => attributes)).toEqual([
      {
        scope: "/vaults/acme/secrets/password",
        role_definition_name: "Key Vault Secrets User",
        principal_id: "principal",
      },
    ]);
    const vault = await parsed(await policy("-f", "all.yaml", "--target", "vault", ...STORES));
    expect(vault.formatted).toBe(true);
    expect(vault.blocks.map(({ labels, attributes }) => [labels?.[0], attributes["capabilities"]])).toEqual([
      ["kv/data/web", ["read"]],
      ["secret/data/api", ["read"]],
      ["secret/data/db", ["read"]],
    ]);
  });

  it("says what it leaves out, and gives the same text whatever the order of files", async () => {
    const one = await policy("-f", "all.yaml", "seed.yaml", ...STORES);
    const other = await policy("-f", "seed.yaml", "all.yaml", ...STORES);
    expect(one.stdout).toBe(other.stdout);
    expect(one.stderr).toContain("says nothing about the store acme (azure-key-vault)");
  });

  it("passes --check on what it made, and fails with a difference when an annotation is more", async () => {
    for (const [input, file, flags] of [
      ["-f", "p.tf", []],
      ["-i", "k.tf", KEES],
    ] as const) {
      expect((await policy(input, "seed.yaml", ...flags, "-o", file)).code).toBe(0);
      expect(await policy(input, "seed.yaml", ...flags, "--check", file)).toMatchObject({
        code: 0,
        stdout: "",
        stderr: "",
      });
      const more = await policy(input, "more.yaml", ...flags, "--check", file);
      expect(more).toMatchObject({ code: input === "-f" ? 78 : 1, stdout: "" });
      expect(more.stderr).toMatch(/^\+ +"arn:.*parameter\/db\.url",?$/m);
      expect(more.stderr).toContain(`SLU1402: ${file} is not what the manifests ask for`);
    }
  });

  it("fails --check when an annotation is less, too", async () => {
    workspace.write("more.tf", (await policy("-f", "more.yaml")).stdout);
    const less = await policy("-f", "seed.yaml", "--check", "more.tf");
    expect(less.code).toBe(78);
    expect(less.stderr).toMatch(/^- +"arn:.*parameter\/db\.url",$/m);
  });

  it.each([
    ["no template", ["-i", "seed.yaml", "-m", "app"], 1, "without -t and -m"],
    [
      "a template that is broken",
      ["-i", "seed.yaml", "-t", "broken.hbs", "-m", "app"],
      1,
      "cannot be rendered",
    ],
    ["no such manifest", ["-i", "none.yaml", ...KEES], 1, "SLU1101"],
    ["no manifest", [], 64, "No manifest is given"],
    ["a key twice", ["-f", "twice.yaml"], 78, "twice.yaml:17:9: the YAML is not valid (duplicate key)"],
    [
      "an unknown store",
      ["-f", "all.yaml"],
      78,
      'reads from the store "acme", and nothing tells what that is',
    ],
    [
      "an unknown provider",
      ["-f", "all.yaml", "--store", "acme=azure-key-valt"],
      64,
      "azure-key-vault, perhaps",
    ],
    ["what has no such secrets", ["-f", "seed.yaml", "--target", "vault"], 78, "from aws-ssm (ssm)"],
  ])("refuses %s", async (_, args, code, message) => {
    const refused = await policy(...args);
    expect(refused).toMatchObject({ code, stdout: "" });
    expect(refused.stderr).toContain(message);
  });

  it("says which annotation is wrong, and where", async () => {
    workspace.write("wrong.yaml", SEED.replace("kind=REFERENCE", "kind=REFERENC"));
    for (const args of [
      ["-f", "wrong.yaml"],
      ["-i", "wrong.yaml", ...KEES],
    ])
      expect((await policy(...args)).stderr).toContain(
        "SLU1401: wrong.yaml:16:41: Deployment app: Annotation secret.bsycorp.com/db.password has a kind that there is not",
      );
  });
});
