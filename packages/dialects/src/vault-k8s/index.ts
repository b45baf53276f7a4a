export * from "./vault-k8s.js";
export * from "./vault-k8s-annotations.js";
