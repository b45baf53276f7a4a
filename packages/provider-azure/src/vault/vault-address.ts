import type { AzureCloud, AzureOptions } from "../azure-options.js";

interface CloudAddresses {
  /** What follows a vault's name in its host name. */
  readonly vaultSuffix: string;
  /** Where one logs in. */
  readonly authority: string;
}

const CLOUDS: Readonly<Record<AzureCloud, CloudAddresses>> = {
  public: { vaultSuffix: "vault.azure.net", authority: "https://login.microsoftonline.com" },
  china: { vaultSuffix: "vault.azure.cn", authority: "https://login.chinacloudapi.cn" },
  government: { vaultSuffix: "vault.usgovcloudapi.net", authority: "https://login.microsoftonline.us" },
};

/** Where the vault is: `https://NAME.vault.azure.net`. */
export function vaultUrl({ vault, url, cloud = "public" }: AzureOptions): string {
  return url?.replace(/\/$/, "") ?? `https://${vault ?? ""}.${CLOUDS[cloud].vaultSuffix}`;
}

/** Where one logs in to the cloud the vault is in. */
export function authorityOf({ cloud = "public" }: AzureOptions): string {
  return CLOUDS[cloud].authority;
}
