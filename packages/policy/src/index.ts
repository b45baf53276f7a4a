export { policyDifference } from "./check-policy.js";
export { type KeesTemplateParameter, renderKeesTemplate } from "./kees/kees-template.js";
export { policyError } from "./policy-error.js";
export { TARGET_NAMES, type TargetName } from "./policy-target.js";
export { type RenderedPolicy, renderPolicy } from "./render-policy.js";
export type * from "./workload.js";
