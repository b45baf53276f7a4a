export * from "./file.js";
export * from "./file-options.js";
