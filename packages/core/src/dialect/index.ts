export type * from "./agent-reading.js";
export * from "./dialect.js";
export * from "./plan-container.js";
export { environmentNeeds } from "./written-environment.js";
export * from "./read-written.js";
export * from "./registered-dialect.js";
