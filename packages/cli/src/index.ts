export * from "./built-in-dialects.js";
export * from "./built-in-modes.js";
export * from "./built-in-providers.js";
export * from "./built-in-strategies.js";
export * from "./sluice.js";
