import type { Grant, GrantedRead } from "../grant.js";
import { policyError } from "../policy-error.js";
import type { PolicyTarget } from "../policy-target.js";
import { terraformLabel } from "../text/hcl.js";
import { granteeComment, policyText } from "../text/heading.js";

const SECRETS_USER = "Key Vault Secrets User";
const READER = "Key Vault Reader";
const PATH = /^(?:(secrets|certificates|keys)\/)?([A-Za-z0-9-]{1,127})$/;
/** Fields of a certificate that are read from the secret of its name, which has the private key. */
const FROM_SECRET: ReadonlySet<string> = new Set(["tls.key", "pfx", "raw"]);

/**
 * Terraform for Azure: a role on each object that a service account reads, and on nothing around it. It takes
 * `var.key_vault_ids`, ids of vaults by store, and `var.principal_ids`, by `NAMESPACE/SERVICEACCOUNT`.
 */
export const azureRbac: PolicyTarget = {
  providers: ["azure-key-vault"],
  render: (grants) => policyText(grants.map(assignmentsOf)),
};

function assignmentsOf(grant: Grant): string {
  const { namespace, serviceAccount, reads } = grant;
  // Of one object several fields may be read.
  const objects = new Map(reads.map(objectOf).map((object) => [`${object.store}/${object.scope}`, object]));
  const owner = terraformLabel(namespace, serviceAccount);
  const resources = Array.from(objects.values(), ({ store, scope, role }) =>
    [
      `resource "azurerm_role_assignment" "${owner}_${store}_${scope.replace("/", "_").toLowerCase()}" {`,
      `  scope                = "\${var.key_vault_ids["${store}"]}/${scope}"`,
      `  role_definition_name = "${role}"`,
      `  principal_id         = var.principal_ids["${namespace}/${serviceAccount}"]`,
      "}",
    ].join("\n"),
  );
  return [granteeComment(grant), resources.join("\n\n")].join("\n");
}

interface VaultObject {
  readonly store: string;
  /** Below the vault's id. */
  readonly scope: string;
  readonly role: string;
}

function objectOf({ store, path, key, anyIndex }: GrantedRead): VaultObject {
  const [, kind = "secrets", name] = PATH.exec(path) ?? [];
  if (name === undefined || anyIndex === true)
    throw policyError(
      `"${path}" in the store "${store.name}" is no object of a Key Vault`,
      "Key Vault has letters, digits and hyphens in a name: correct the reference in the manifest",
    );
  const isSecret = kind === "secrets" || (kind === "certificates" && FROM_SECRET.has(key ?? ""));
  return {
    store: store.name,
    // Names are not told apart by case, and one object is one resource.
    scope: `${isSecret ? "secrets" : kind}/${name.toLowerCase()}`,
    role: isSecret ? SECRETS_USER : READER,
  };
}
