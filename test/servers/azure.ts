import { readFile } from "node:fs/promises";
import type { RunningServer, Unavailable } from "./shared/server.js";

/** A server of Key Vault's protocol. Its address is that of a vault. */
export interface AzureServer extends RunningServer {
  /** PEM of the authority that its certificate comes from, unless that is a public one. */
  readonly caFile?: string;
  /** A bearer token that it takes, to write without the provider. */
  readonly token: string;
  /** Where one logs in instead of Microsoft Entra; with it the challenge names another domain than the server's. */
  readonly authority?: string;
}

/**
 * A Key Vault that was not written by us: the one at `SLUICE_AZURE_ADDRESS`, such as lowkey-vault, started by
 *
 *     java -jar lowkey-vault-app.jar --server.port=8443
 *     SLUICE_AZURE_ADDRESS=https://127.0.0.1:8443 SLUICE_AZURE_CA_FILE=lowkey.pem
 *
 * It is not started here: no registry that this project uses has `lowkey-vault-app` (Maven Central has its client
 * libraries only), so there is no version to pin and no checksum to check.
 */
export async function startAzure(): Promise<AzureServer | Unavailable> {
  const { SLUICE_AZURE_ADDRESS: address, SLUICE_AZURE_CA_FILE: caFile } = process.env;
  if (address === undefined)
    return {
      kind: "unavailable",
      reason: "no Key Vault to test on: set SLUICE_AZURE_ADDRESS (and SLUICE_AZURE_CA_FILE) to one",
    };
  if (caFile !== undefined) await readFile(caFile);
  return {
    kind: "running",
    address,
    ...(caFile !== undefined && { caFile }),
    token: process.env["SLUICE_AZURE_TOKEN"] ?? "any",
    stop: async () => {},
  };
}
