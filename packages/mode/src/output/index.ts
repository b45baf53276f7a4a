export type * from "./output.js";
export * from "./print-data.js";
export * from "./table.js";
