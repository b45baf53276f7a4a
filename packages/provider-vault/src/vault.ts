import { defineProvider, type ProviderDescriptor } from "@sluice/core";
import { VAULT_OPTIONS_SCHEMA } from "./vault-options-schema.js";
import type { VaultOptions } from "./vault-options.js";
import { openVaultGateway } from "./gateway/open-vault-gateway.js";
import { createVaultProvider } from "./vault-provider.js";

/**
 * Secrets of HashiCorp Vault and OpenBao: key-value engines of both versions, and engines that issue.
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { vault } from "@sluice/provider-vault";
 *
 * const prod = vault({ address: "https://vault.example:8200", auth: { kubernetes: { role: "shop" } } });
 * await using secrets = createSecretResolver({ stores: { prod } });
 * const key = await secrets.get("secret://prod/secret/shop#api-key");
 * ```
 */
export const vault: ProviderDescriptor<VaultOptions> = defineProvider<VaultOptions>({
  id: "vault",
  optionsSchema: VAULT_OPTIONS_SCHEMA,
  capabilities: {
    // Each secret is a read all the same, but ciphertexts of a key are decrypted together. OpenBao takes at most
    // 1000 strings in a request, names included, and a ciphertext comes with up to eight.
    batchSize: 100,
    fields: "extracted",
    versions: { exact: true, label: false },
    list: { carriesVersion: false },
    put: { ifAbsent: true, ifVersion: true },
    delete: { ifVersion: true },
    leases: { renew: true, revoke: true },
    delegation: true,
    check: true,
  },
  location: ({ address }) => (address === undefined ? "the address in VAULT_ADDR" : placeOf(address)),
  create: createVaultProvider,
  openGateway: openVaultGateway,
});

/** Scheme, host and port only: whatever else an address has may be a credential. */
function placeOf(address: string): string {
  return URL.parse(address)?.origin ?? "an address that is no URL";
}
