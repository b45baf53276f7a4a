export * from "./azure-key-vault.js";
export type * from "./azure-options.js";
