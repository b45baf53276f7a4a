export * from "./server-options.js";
export * from "./tenant-options.js";
