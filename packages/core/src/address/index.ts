export type * from "./address-policy.js";
export * from "./guarded-lookup.js";
export * from "./is-allowed-address.js";
export { PRIVATE_NETWORKS } from "./network-set.js";
export * from "./redirect-target.js";
