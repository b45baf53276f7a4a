export * from "./core-module.js";
export * from "./provider-module.js";
export * from "./tokens.js";
