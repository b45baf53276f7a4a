export { acrLogins, type AcrLoginsOptions } from "./acr-logins.js";
export { ecrLogins } from "./ecr-logins.js";
export { gcrLogins, type GcrLoginsOptions } from "./gcr-logins.js";
export type * from "./registry-login.js";
