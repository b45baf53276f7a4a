export type * from "./environment/environment-layer.js";
export * from "./environment/environment-plan.js";
export * from "./environment/plan-environment.js";
export * from "./environment/resolve-environment.js";
export { becomeInit, initialEnvironment, readStdioModes, type StdioModes } from "./process/index.js";
export * from "./run/run-command.js";
export * from "./run/watch-mode.js";
