import { akv2k8s, atarraya, bankVaults, secretsInit, sluice } from "@sluice/dialects";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseManifestFile } from "@sluice/mode/manifests";
import { migrateManifests } from "./migrate-manifests.js";
import { sketchStores } from "./sketch-stores.js";

const DIALECTS = [sluice(), atarraya(), akv2k8s(), bankVaults({ transit: { key: "k" } }), secretsInit()];

const migrate = (...texts: readonly string[]) =>
  migrateManifests(
    texts.map((text, index) => parseManifestFile(`${index}.yaml`, text)),
    DIALECTS,
    "default",
  );

const MANIFEST = `# what this is
apiVersion: apps/v1
kind: Deployment
metadata:
    name:   web   # odd spacing stays
spec:
  template:
    metadata:
      annotations:
        # who owns it
        team: shop
        vault.security.banzaicloud.io/vault-role: web   # gone
        secrets-webhook.security.bank-vaults.io/vault-from-path: "secret/data/all,secret/data/more#2"
        secrets-webhook.security.bank-vaults.io/vault-ignore-missing-secrets: "true"
    spec:
      containers:
        - name: web
          env:
            - {name: A, value: 'vault:secret/data/db#password'} # first
            - name: URL
              value: "pg://\${vault:secret/data/db#user}@db" # made
            - name: PW
              value: vault:secret/data/db#password#3
            - {name: COPY, value: "x$(PW)"}
            - name: BLOCK
              value: |-
                vault:v1:abc/==
            - name: PLAIN
              value: 'it''s plain'
---
# another document
kind: ConfigMap
data: {a:   b}
`;

describe("a manifest of another notation", () => {
  it("is rewritten where its secrets are, and nowhere else", () => {
    const { text, issues, stores } = migrate(MANIFEST);
    expect(issues).toEqual([]);
    expect(text).toBe(
      MANIFEST.replace(
        /.*vault-role.*\n/,
        '        sluice.dev/env-from: "secret://vault/secret/data/all secret://vault/secret/data/more?version=2"\n        sluice.dev/ignore-missing: "true"\n',
      )
        .replace(/.*vault-from-path.*\n/, "")
        .replace(/.*vault-ignore-missing-secrets.*\n/, "")
        .replace("'vault:secret/data/db#password'", '"secret://vault/secret/data/db#password"')
        .replace("${vault:secret/data/db#user}", "${secret://vault/secret/data/db#user}")
        .replace("vault:secret/data/db#password#3", "secret://vault/secret/data/db?version=3#password")
        .replace(/\|-\n.*\n/, '"secret://vault/transit/decrypt/k%3Fciphertext=vault:v1:abc/=="\n'),
    );
    expect(Array.from(stores)).toEqual(["vault"]);
    expect(sketchStores(stores)).toContain("name: vault\nspec:\n  provider: vault\n");
  });

  it("stays as it is, byte for byte, where there is nothing to rewrite", () => {
    const plain =
      "kind: Pod\r\nmetadata: {name: a,   annotations: {x: y}}\r\nspec: {containers: [{name: a}]}\r\n";
    expect(migrate(plain)).toMatchObject({ text: plain, issues: [] });
  });

  it("keeps no empty annotations, and reads JSON too", () => {
    const pod = {
      kind: "Pod",
      metadata: { name: "a", annotations: { "atarraya/keyvault": "acme" } },
      spec: { containers: [{ name: "a", env: [{ name: "ATARRAYA_SECRET_DB", value: "" }] }] },
    };
    expect(JSON.parse(migrate(JSON.stringify(pod)).text)).toEqual({
      ...pod,
      metadata: { name: "a", annotations: {} },
      spec: { containers: [{ name: "a", env: [{ name: "DB", value: "secret://acme/DB" }] }] },
    });
    const yaml =
      "kind: Pod\nmetadata:\n  annotations:\n    atarraya/keyvault: acme\n  name: a\nspec:\n  containers:\n    - name: a\n      env:\n        - name: ATARRAYA_SECRET_DB\n          value: x\n";
    expect(migrate(yaml).text).toBe(
      "kind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      env:\n        - name: DB\n          value: secret://acme/DB\n",
    );
  });

  it("is given its value where the notation goes by the name alone", () => {
    const before = `kind: Pod
metadata:
  annotations: { "atarraya/keyvault": acme, a: b }
spec:
  containers:
    - name: a
      env:
        - name: ATARRAYA_SECRET_ONE # first
        - {name: ATARRAYA_SECRET_TWO}
        -   name: ATARRAYA_SECRET_THREE
            value:
        - name: ATARRAYA_SECRET_FOUR
          value: ""
`;
    const { text, issues } = migrate(before);
    expect(issues).toEqual([]);
    expect(text).toBe(`kind: Pod
metadata:
  annotations: { "a": "b" }
spec:
  containers:
    - name: a
      env:
        - name: ONE
          value: "secret://acme/ONE" # first
        - {name: TWO, value: "secret://acme/TWO"}
        -   name: THREE
            value: "secret://acme/THREE"
        - name: FOUR
          value: "secret://acme/FOUR"
`);
  });

  it("finds what a variable names among the files", () => {
    const pod =
      "kind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      env: [{name: A, value: db@azurekeyvault}]\n";
    const secret =
      "kind: AzureKeyVaultSecret\nmetadata: {name: db}\nspec: {vault: {name: my-kv, object: {name: db, type: secret}}}\n";
    expect(migrate(pod, secret).text).toContain("value: secret://my-kv/db}");
    expect(migrate(pod).issues).toMatchObject([
      { line: 1, problem: expect.stringContaining("AzureKeyVaultSecret") },
    ]);
  });

  it.each([
    ["env: [{name: A, value: 'vault:a/b'}]", "names no key"],
    ["env: [{name: A, value: &x 'vault:a/b#c'}, {name: B, value: *x}]", "has an anchor, or is an alias"],
    ["env: [{name: A, value: 'vault:a/b#c'}, {name: A, value: 'vault:a/b#d'}]", "written twice"],
    ["envFrom: [{configMapRef: {name: settings}}]", "from a ConfigMap or a Secret"],
    ["env: [{name: A, value: 'vault:a/b#c'}, {name: B, value: 'secret://x/y'}]", "Some of the pod's secrets"],
  ])("is an issue with its place where it cannot be said: %s", (env, problem) => {
    const pod = `kind: Pod\nmetadata:\n  name: a\n  annotations:\n    vault.security.banzaicloud.io/vault-ignore-missing-secrets: "true"\nspec:\n  containers:\n    - name: a\n      ${env}\n---\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: 'vault:a/b#c'}\n`;
    const { issues } = migrate(pod);
    expect(issues.map((issue) => issue.problem).join("\n")).toContain(problem);
    expect(issues[0]).toMatchObject({ file: "0.yaml", line: expect.any(Number), remedy: expect.any(String) });
  });

  it.each([
    ["{containers: web}", "pod.spec.containers is not what a pod has there"],
    ["{containers: [{name: a, env: [{name: A, value: 1}]}]}", "pod.spec.containers[0].env[0].value"],
    ["{initContainers: []}", "pod.spec.containers"],
  ])("is an issue with its place where it is no pod: %s", (spec, problem) => {
    const { issues } = migrate(`kind: Pod\nmetadata: {name: a}\nspec: ${spec}\n`);
    expect(issues).toMatchObject([{ file: "0.yaml", line: 1, problem: expect.stringContaining(problem) }]);
  });

  it("gives every container what it was given before, or is an issue", () => {
    const piece = fc.constantFrom(
      "$",
      "$$",
      "$(B)",
      "(",
      "{",
      "}",
      " ",
      "#",
      '"',
      "'",
      "\\",
      "é",
      "\n",
      ": ",
      "${vault:a/b#c}",
      "${vault:a/b#${ .d | b64enc }}",
      "${bao:x#y#2}",
      "vault:a/b#c",
      '>>vault:pki/issue/w#k#{"a":"$(B)"}',
      "text",
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const variable = fc.tuple(fc.constantFrom("A", "B", "C", "D"), text);
    const variables = fc.uniqueArray(variable, { selector: ([name]) => name, minLength: 1 });
    fc.assert(
      fc.property(variables, fc.boolean(), (env, json) => {
        const pod = {
          kind: "Pod",
          metadata: { name: "a" },
          spec: { containers: [{ name: "a", env: env.map(([name, value]) => ({ name, value })) }] },
        };
        const { issues, text: migrated } = migrate(JSON.stringify(pod, null, json ? 2 : 0));
        expect(issues.map(({ problem }) => problem).join()).not.toContain("something else than before");
        expect(issues.length > 0 || migrate(migrated).text === migrated).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
