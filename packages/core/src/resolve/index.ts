export * from "./create-secret-resolver.js";
export type * from "./reference-outcome.js";
export type * from "./resolver-options.js";
export type * from "./secret-change.js";
export type * from "./secret-leases.js";
export type * from "./secret-resolver.js";
