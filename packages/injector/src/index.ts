export * from "./create-injector.js";
export type * from "./injector-options.js";
export type { MainOptions } from "./run-command-line.js";
