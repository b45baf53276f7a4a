export * from "./secret-sync-crd.js";
export * from "./secret-sync-faults.js";
export * from "./secret-sync-manifest.js";
export * from "./secret-sync-resource.js";
