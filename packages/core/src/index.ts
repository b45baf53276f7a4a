export * from "./errors/error-code.js";
export * from "./errors/reference-syntax-error.js";
export * from "./errors/secret-value-error.js";
export * from "./errors/sluice-error.js";
export * from "./errors/unknown-store-error.js";
export * from "./util/closest-name.js";
export * from "./value/secret-value.js";
