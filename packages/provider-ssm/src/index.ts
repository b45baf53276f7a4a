export type * from "./options/auth-options.js";
export type * from "./options/aws-options.js";
export * from "./secrets-manager/secrets-manager.js";
export * from "./secrets-manager/secrets-manager-options.js";
export * from "./ssm/ssm.js";
export * from "./ssm/ssm-options.js";
