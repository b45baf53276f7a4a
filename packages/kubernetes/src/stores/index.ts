export * from "./crd-manifest.js";
export * from "./parse-store.js";
export * from "./schema-faults.js";
export * from "./store-crd.js";
export * from "./store-fault.js";
export * from "./store-resource.js";
export * from "./store.js";
export type * from "./store-catalogue.js";
export type * from "./store-manifest.js";
