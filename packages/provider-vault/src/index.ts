export * from "./vault.js";
export type * from "./vault-options.js";
