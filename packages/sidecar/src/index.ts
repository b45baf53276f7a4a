export * from "./create-sidecar.js";
export type { SharedReader } from "./files/shared-reader.js";
export type { NotifierOptions } from "./notify/notifier.js";
export type * from "./sidecar-events.js";
export type { SidecarOptions } from "./sidecar-options.js";
export * from "./local/serve-dapr-secrets.js";
export * from "./local/serve-gateway.js";
export * from "./source/serve-source.js";
