export type { Operation } from "rfc6902";
export * from "./mutate-pod.js";
export type * from "./mutation-strategy.js";
export * from "./named.js";
