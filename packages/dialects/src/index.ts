export * from "./akv2k8s.js";
export * from "./atarraya.js";
export type { AwsStores } from "./aws-reference.js";
export * from "./azure-key-vault-secret.js";
export * from "./bank-vaults/index.js";
export { defaultStoreOf, type KeyVaultStores } from "./key-vault-store.js";
export * from "./secrets-init.js";
export * from "./sluice.js";
