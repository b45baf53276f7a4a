export * from "./open-stores.js";
export * from "./read-text-file.js";
export * from "./write-whole.js";
