export * from "./kubernetes.js";
export * from "./kubernetes-options.js";
