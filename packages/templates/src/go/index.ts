export type { MissingKey } from "./evaluate/run.js";
export type { GoTemplate } from "./go-template.js";
export * from "./parse-go-template.js";
export * from "./render-go-template.js";
export type { SecretRequest } from "./secret-request.js";
export * from "./static-reads.js";
export * from "./template-error.js";
export { DEFAULT_LIMITS, type TemplateLimits } from "./template-limits.js";
export type * from "./template-source.js";
