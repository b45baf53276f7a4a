export * from "./conformance-report.js";
export * from "./describe-conformance.js";
export * from "./requirement.js";
export * from "./run-conformance.js";
export * from "./sections.js";
export * from "./subject.js";
export * from "./subject-hooks.js";
