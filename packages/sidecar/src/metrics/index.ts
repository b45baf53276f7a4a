export * from "./sidecar-metrics.js";
