export * from "./exit-code.js";
export type * from "./mode.js";
export type * from "./mode-context.js";
export type * from "./output/output.js";
export * from "./stop-signal.js";
