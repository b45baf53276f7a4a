/** How a dialect that names Key Vaults finds the store that a vault is. */
export interface KeyVaultStores {
  /** The store for a vault; a store of the vault's own name, in lower case, by default. */
  readonly storeOf?: (vault: string) => string;
}

/** The store that a vault is, where nobody says otherwise: that of its name in lower case. */
export function defaultStoreOf(vault: string): string {
  return vault.toLowerCase();
}

/** Names of vaults, and of what is in them: docs of Azure Key Vault, "Objects, identifiers, and versioning". */
export const VAULT_NAME: RegExp = /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/;
export const OBJECT_NAME: RegExp = /^[A-Za-z0-9-]{1,127}$/;
