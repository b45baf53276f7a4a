export * from "./source-reader.js";
export * from "./write-files.js";
