export * from "./bank-vaults.js";
export type { BankVaultsOptions, KnownServer, NamedServer, VaultNotation } from "./bank-vaults-options.js";
export { issues, storeOfServers } from "./bank-vaults-options.js";
