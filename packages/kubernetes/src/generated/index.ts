export * from "./generated-secret-crd.js";
export * from "./generated-secret-faults.js";
export * from "./generated-secret-manifest.js";
export * from "./generated-secret-resource.js";
export { generatedFields } from "./generated-secret-rules.js";
