export { PlanError } from "../errors/plan-error.js";
export { findMisfit } from "./find-misfit.js";
export * from "./format-plan.js";
export * from "./injection-plan.js";
export * from "./parse-plan.js";
export * from "./plan-digest.js";
export * from "./plan-references.js";
export * from "./plan-schema.js";
export * from "./planned-notify.js";
