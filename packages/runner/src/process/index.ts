export * from "./become-init.js";
export * from "./command.js";
export * from "./exec-command.js";
export * from "./find-command.js";
export * from "./initial-environment.js";
export { canExec } from "./replace-process.js";
export * from "./stdio-modes.js";
export * from "./supervise-command.js";
export type { SupervisedChild } from "./supervised-child.js";
