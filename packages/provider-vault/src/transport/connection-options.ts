import type { ProviderDependencies } from "@sluice/core";
import { badConfiguration } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { VaultOptions } from "../vault-options.js";

/** How the server is reached, with what the environment adds. */
export interface ConnectionOptions {
  readonly address: URL;
  readonly namespace: string;
  readonly caCert?: string;
  readonly tlsServerName?: string;
  readonly tlsSkipVerify: boolean;
  readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string };
}

/**
 * Options first, then the variables of Vault, then those of OpenBao.
 *
 * @throws {Refusal} when there is no address, or one that cannot be used.
 */
export function connectionOptions(
  options: VaultOptions,
  environment: ProviderDependencies["environment"],
): ConnectionOptions {
  const caCert = options.caCert ?? vaultVariable(environment, "CACERT");
  const serverName = options.tlsServerName ?? vaultVariable(environment, "TLS_SERVER_NAME");
  return {
    address: addressOf(options.address ?? vaultVariable(environment, "ADDR")),
    namespace: options.namespace ?? vaultVariable(environment, "NAMESPACE") ?? "",
    ...(caCert !== undefined && { caCert }),
    ...(serverName !== undefined && { tlsServerName: serverName }),
    // Not from the environment: nobody switches verification off without writing so into the configuration.
    tlsSkipVerify: options.tlsSkipVerify ?? false,
    ...(options.auth && "cert" in options.auth && { clientCertificate: options.auth.cert }),
  };
}

/** A variable of Vault, or else of OpenBao. An empty one is none. */
export function vaultVariable(
  environment: ProviderDependencies["environment"],
  name: string,
): string | undefined {
  return environment[`VAULT_${name}`] || environment[`BAO_${name}`] || undefined;
}

function addressOf(address: string | undefined): URL {
  if (address === undefined)
    throw new Refusal(badConfiguration("no-address", "it has no address", "Set address, or VAULT_ADDR"));
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw new Refusal(
      badConfiguration(
        "bad-address",
        "its address is no http or https URL without credentials",
        "Write it like https://vault.example:8200",
      ),
    );
  return url;
}
