export * from "./agent-dialect.js";
export type { AgentOptions, AgentServer } from "./agent-options.js";
export type * from "./agent-reading.js";
export { type AnnotationRule, findRule } from "./annotation-rule.js";
export type { NotifyAction } from "./notify-action.js";
