export * from "./agent-options.js";
export { type AnnotationRule, findRule } from "./annotation-rule.js";
