export {
  type DialectSettings,
  readDialectSettings,
  readWebhookSettings,
  type SettingsFlags,
  type WebhookSettings,
} from "../mode/webhook-settings.js";
export * from "./any-settings.js";
export * from "./issues-of-review.js";
export * from "./manifest-lookups.js";
export * from "./mutate-files.js";
export * from "./plan-pod-offline.js";
export * from "./review-manifests.js";
