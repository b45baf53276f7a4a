export * from "./environment-options.js";
export * from "./read-env-files.js";
