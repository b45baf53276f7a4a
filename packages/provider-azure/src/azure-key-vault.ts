import { defineProvider, type ProviderDescriptor } from "@sluice/core";
import { AZURE_CAPABILITIES } from "./azure-capabilities.js";
import type { AzureOptions } from "./azure-options.js";
import { AZURE_OPTIONS_SCHEMA } from "./azure-options-schema.js";
import { createAzureProvider } from "./azure-provider.js";
import { vaultUrl } from "./vault/vault-address.js";

/**
 * Secrets, certificates and public keys from Azure Key Vault: `NAME`, `certificates/NAME`, `keys/NAME`.
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { azureKeyVault } from "@sluice/provider-azure";
 *
 * await using secrets = createSecretResolver({ stores: { prod: azureKeyVault({ vault: "acme" }) } });
 * const key = await secrets.get("secret://prod/api-key");
 * ```
 */
export const azureKeyVault: ProviderDescriptor<AzureOptions> = defineProvider<AzureOptions>({
  id: "azure-key-vault",
  optionsSchema: AZURE_OPTIONS_SCHEMA,
  capabilities: AZURE_CAPABILITIES,
  location: vaultUrl,
  create: (options, dependencies) => createAzureProvider(options, dependencies),
});
