import { readFile } from "node:fs/promises";
import { type AzureServer, startKeyVault } from "./key-vault.js";
import type { Unavailable } from "./shared/server.js";

/**
 * A Key Vault to test what any Key Vault does: the one at `SLUICE_AZURE_ADDRESS`, else the emulator. That one is
 * Azure's own, or lowkey-vault:
 *
 *     SLUICE_AZURE_ADDRESS=https://NAME.vault.azure.net \
 *     SLUICE_AZURE_TOKEN=$(az account get-access-token --resource https://vault.azure.net --query accessToken -o tsv)
 *
 *     java -jar lowkey-vault-app.jar --server.port=8443
 *     SLUICE_AZURE_ADDRESS=https://127.0.0.1:8443 SLUICE_AZURE_CA_FILE=lowkey.pem
 *
 * lowkey-vault is not fetched: no registry that this project uses has it but as a container image.
 */
export async function startAzure(): Promise<AzureServer | Unavailable> {
  const { SLUICE_AZURE_ADDRESS: address, SLUICE_AZURE_CA_FILE: caFile } = process.env;
  if (address === undefined) return startKeyVault();
  if (caFile !== undefined) await readFile(caFile);
  return {
    kind: "running",
    address,
    ...(caFile !== undefined && { caFile }),
    token: process.env["SLUICE_AZURE_TOKEN"] ?? "any",
    stop: async () => {},
  };
}
