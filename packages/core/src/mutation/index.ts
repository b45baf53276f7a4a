export { diffJson, type PatchOperation } from "./diff-json.js";
export * from "./mutate-pod.js";
export type * from "./mutation-strategy.js";
export * from "./named.js";
export * from "./order-strategies.js";
export * from "./registered-strategy.js";
