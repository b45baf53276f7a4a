export * from "./built-in-providers.js";
export * from "./exit-code.js";
export * from "./main.js";
