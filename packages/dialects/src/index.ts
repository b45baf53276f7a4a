export * from "./akv2k8s.js";
export * from "./atarraya.js";
export type { AwsStores } from "./aws-reference.js";
export * from "./bank-vaults/index.js";
export * from "./kees/index.js";
export type { KeyVaultStores } from "./key-vault-store.js";
export * from "./secrets-init.js";
export * from "./sluice.js";
export { type AnnotatedFiles, readFileAnnotations } from "./sluice-files.js";
