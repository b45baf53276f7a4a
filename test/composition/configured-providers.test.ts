import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { ConfigError, type LoadedConfig, loadConfig } from "@sluice/config";
import { loadProvider } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { createWorkspace } from "../support/workspace.js";

const workspace = createWorkspace();
afterAll(() => workspace[Symbol.dispose]());

async function load(store: string): Promise<LoadedConfig> {
  workspace.write("sluice.yaml", `stores:\n  s:\n${store.replaceAll(/^/gm, "    ")}\n`);
  return loadConfig({ directory: workspace.path, providers: BUILT_IN_PROVIDERS });
}

/** The first fault of a store: `LINE:COLUMN problem → remedy`. The store's options begin at line 3, column 5. */
async function faultOf(store: string): Promise<string> {
  const thrown: unknown = await load(store).catch((error: unknown) => error);
  if (!ConfigError.isInstance(thrown)) throw new Error("expected a ConfigError", { cause: thrown });
  const [issue, ...others] = thrown.issues;
  expect(others).toEqual([]);
  return `${issue?.line}:${issue?.column} ${issue?.problem} → ${issue?.remedy}`;
}

describe("every built-in provider", () => {
  it.each(BUILT_IN_PROVIDERS.map((lazy) => [lazy.id, lazy] as const))(
    "is what its id says, and describes each option: %s",
    async (id, lazy) => {
      const { id: own, optionsSchema } = await loadProvider(lazy);
      expect(own).toBe(id);
      expect(undescribed(optionsSchema)).toEqual([]);
    },
  );

  it.each([
    ["provider: file\npath: x\nfromat: json", '5:5 unknown key "fromat" → Did you mean "format"?'],
    ["provider: file", '2:3 "path" is missing → Add "path:"'],
    ["provider: ssm\nregoin: eu-central-1", '4:5 unknown key "regoin" → Did you mean "region"?'],
    [
      "provider: ssm\nassumeRoles:\n  - roleARN: arn:aws:iam::111122223333:role/x\n    roleArn: arn:aws:iam::111122223333:role/x",
      '5:9 unknown key "roleARN" → Did you mean "roleArn"?',
    ],
    [
      "provider: ssm\nauth: { method: irsa }",
      /^4:21 "method" must be one of: default, profile, web-identity, container, instance-metadata → /,
    ],
    ["provider: ssm\nwrite: { teir: Advanced }", '4:14 unknown key "teir" → Did you mean "tier"?'],
    [
      "provider: secrets-manager\nrecoveryWindow: 7",
      '4:5 unknown key "recoveryWindow" → Did you mean "recoveryWindowDays"?',
    ],
    [
      "provider: secrets-manager\nrecoveryWindowDays: 3",
      /^4:25 "recoveryWindowDays" is not written as it must be → Days in which .* 7 to 30/,
    ],
    [
      "provider: azure-key-vault\nvualt: acme\nvault: acme",
      '4:5 unknown key "vualt" → Did you mean "vault"?',
    ],
    [
      "provider: azure-key-vault",
      '2:3 the store must have one of these keys, and only one: vault, url → Keep or add one of them: "vault:", "url:"',
    ],
    [
      "provider: azure-key-vault\nvault: acme\nauth: { managedIdentiy: {} }",
      '5:13 unknown key "managedIdentiy" → Did you mean "managedIdentity"?',
    ],
    [
      "provider: azure-key-vault\nvault: acme\nauth: { managedIdentity: {}, azureCli: {} }",
      /^5:5 "auth" must have one of these keys, and only one: .*managedIdentity/,
    ],
    ["provider: vault\nadress: https://v", '4:5 unknown key "adress" → Did you mean "address"?'],
    [
      "provider: vault\nauth: { approle: { roleID: x, roleId: x, secretIdFile: y } }",
      '4:24 unknown key "roleID" → Did you mean "roleId"?',
    ],
    ["provider: vault\nauth: { kubernetes: {} }", '4:13 "role" is missing → Add "role:"'],
    ["provider: vault\nauth: {}", /^4:5 "auth" must have one of these keys, and only one: token, kubernetes/],
    ["provider: kubernetes\nnamspace: shop", '4:5 unknown key "namspace" → Did you mean "namespace"?'],
    ["provider: kubernetes\nkind: Secrets", '4:11 "kind" must be one of: Secret, ConfigMap → What is read.'],
    ["provider: kuberntes", '3:15 no provider is called "kuberntes" → Did you mean "kubernetes"?'],
    [
      "provider: secretsmanager",
      '3:15 no provider is called "secretsmanager" → Did you mean "secrets-manager"?',
    ],
    [
      "provider: gcp-secrets",
      '3:15 no provider is called "gcp-secrets" → Installed are: file, ssm, secrets-manager, azure-key-vault, vault, kubernetes',
    ],
  ])("has its faults explained by line: %j", async (store, expected) => {
    const fault = await faultOf(store);
    expect(fault).toMatch(expected);
  });
});

/** Options without a description, by their paths. */
function undescribed(schema: object, path = ""): string[] {
  const { properties = {}, items, additionalProperties } = schema as Record<string, object | undefined>;
  const inner = [items, additionalProperties].filter((part) => typeof part === "object");
  return [
    ...Object.entries(properties as Record<string, object>).flatMap(([name, option]) => [
      ...("description" in option ? [] : [`${path}/${name}`]),
      ...undescribed(option, `${path}/${name}`),
    ]),
    ...inner.flatMap((part) => undescribed(part, path)),
  ];
}
