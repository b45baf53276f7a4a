export * from "./vsi.js";
export * from "./vsi-annotations.js";
export type { VsiOptions } from "./vsi-options.js";
