export * from "./manifest-error.js";
export * from "./manifest-file.js";
export * from "./pod-templates.js";
export * from "./read-manifests.js";
