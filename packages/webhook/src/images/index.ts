export * from "./docker-config.js";
export * from "./image-commands.js";
export * from "./registry-client.js";
export * from "./registry-commands.js";
export * from "./registry-error.js";
export type * from "./registry-login-source.js";
