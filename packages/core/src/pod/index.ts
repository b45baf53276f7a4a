export * from "./expand-variables.js";
export * from "./pod.js";
