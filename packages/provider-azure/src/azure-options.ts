/** Options of an Azure Key Vault store: the vault by `vault` or by `url`. */
export interface AzureOptions {
  /** Name of the vault, as in `https://NAME.vault.azure.net`. */
  readonly vault?: string;
  /** Address of the vault, instead of its name. */
  readonly url?: string;
  /** The Azure cloud it is in; `public` by default. */
  readonly cloud?: AzureCloud;
  /** How to log in; by default the chain the Azure SDK tries: variables, workload identity, managed identity, CLI. */
  readonly auth?: AzureAuth;
  /** The applications that workloads log in as, by their own federated tokens. */
  readonly delegation?: AzureDelegation;
  /** PEM file of a certificate authority to trust besides the usual ones. */
  readonly caFile?: string;
}

/** A national cloud of Azure. */
export type AzureCloud = "public" | "china" | "government";

/** One way to log in. */
export type AzureAuth =
  | { readonly workloadIdentity: Partial<AzureApplication> & { readonly tokenFile?: string } }
  | { readonly managedIdentity: { readonly clientId?: string } }
  | { readonly clientSecret: AzureApplication & { readonly variable?: string; readonly file?: string } }
  | { readonly clientCertificate: AzureApplication & { readonly file: string } }
  | { readonly azureJson: { readonly path?: string } }
  | { readonly azureCli: { readonly tenantId?: string } };

/** As whom workloads log in. At least one of `clientId` and `clientIds` is set. */
export interface AzureDelegation {
  readonly tenantId: string;
  /** The application of those that have none of their own. */
  readonly clientId?: string;
  /** The applications of workloads by their subjects: `system:serviceaccount:shop:web`. */
  readonly clientIds?: Readonly<Record<string, string>>;
}

/** An application registered in Microsoft Entra, or a user-assigned managed identity. */
export interface AzureApplication {
  readonly tenantId: string;
  readonly clientId: string;
}
