export * from "./exit-code.js";
export * from "./main.js";
