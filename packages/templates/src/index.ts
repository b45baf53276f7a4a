export * from "./export-format.js";
export * from "./format-variables.js";
export * from "./variable.js";
