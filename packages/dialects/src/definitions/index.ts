export * from "./define-bank-vaults.js";
export * from "./define-kees.js";
export * from "./define-vault-k8s.js";
export * from "./define-vault-sidecar-injector.js";
