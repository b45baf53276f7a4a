export * from "./create-object-admission.js";
export type * from "./object-reader.js";
export { type ObjectRule, OBJECTS_ACCOUNT } from "./object-policy.js";
