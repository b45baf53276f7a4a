export * from "./export-format.js";
export * from "./format-variables.js";
export * from "./variable.js";
export { formatPem, type PemPart } from "./certificates/format-pem.js";
export * from "./certificates/format-pkcs12.js";
