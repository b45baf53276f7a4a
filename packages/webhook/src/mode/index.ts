export type { CloudLogins } from "./image-lookups.js";
export * from "./objects-mode.js";
export type { ObjectStores, OpenObjectReader } from "./run-objects.js";
export * from "./webhook-mode.js";
