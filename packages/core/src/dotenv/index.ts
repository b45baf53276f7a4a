export * from "./dotenv-syntax-error.js";
export * from "./format-dotenv-entry.js";
export * from "./parse-dotenv.js";
export * from "./remove-dotenv-entry.js";
export * from "./set-dotenv-entry.js";
