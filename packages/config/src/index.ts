export * from "./config-error.js";
export * from "./config-schema.js";
export * from "./duration.js";
export type * from "./generate-settings.js";
export * from "./load-config.js";
export * from "./sluice-config.js";
export * from "./read-checked-yaml.js";
