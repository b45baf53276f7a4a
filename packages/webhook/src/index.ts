export * from "./image/index.js";
export * from "./planning/pod-plan.js";
export * from "./planning/selected-containers.js";
export * from "./strategies/exec-wrap.js";
export * from "./strategies/injection-settings.js";
export * from "./strategies/launcher-delivery.js";
export * from "./strategies/token-volumes.js";
