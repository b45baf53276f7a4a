/** Which stores migrated manifests name, as the beginning of their definitions. What a name means is for people to say. */
export function sketchStores(stores: ReadonlySet<string>): string {
  const definitions = Array.from(stores)
    .sort()
    .map((store) => `${definition(store)}\n`);
  return `# Stores that these manifests name: fill in what they are, and who may read what.\n---\n${definitions.join("---\n")}`;
}

function definition(store: string): string {
  return `apiVersion: sluice.dev/v1alpha1
kind: ClusterSecretStore
metadata:
  name: ${store}
spec:
  provider: ${PROVIDERS[store] ?? "# vault, azure-key-vault, ssm, secrets-manager, …"}
  options: {} # see docs/providers
  access: [] # nobody may read yet; see docs/stores.md`;
}

/** Stores that dialects name by default. */
const PROVIDERS: Readonly<Record<string, string>> = {
  vault: "vault",
  bao: "vault",
  "aws-ssm": "ssm",
  "aws-secrets": "secrets-manager",
  "azure-key-vault": "azure-key-vault",
};
