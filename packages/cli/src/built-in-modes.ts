import type { LazyMode } from "@sluice/mode";

/** Modes of the reference distribution. A mode's package is imported when one of its commands is called. */
export const BUILT_IN_MODES: readonly LazyMode[] = [
  {
    name: "runner",
    commands: ["run", "read", "export", "inject"],
    load: async () => (await import("@sluice/runner/mode")).runner(),
  },
  { name: "write", commands: ["write"], load: async () => (await import("./modes/write.js")).write() },
  {
    name: "stores",
    commands: ["list", "put", "delete", "explain", "doctor", "init"],
    load: async () => (await import("./modes/stores.js")).stores(),
  },
  {
    name: "webhook",
    commands: ["webhook", "mutate", "lint"],
    load: async () => (await import("./modes/webhook-with-logins.js")).webhookWithLogins(),
  },
  { name: "broker", commands: ["broker"], load: async () => (await import("@sluice/broker/mode")).broker() },
  {
    name: "sidecar",
    commands: ["sidecar"],
    load: async () => (await import("@sluice/sidecar/mode")).sidecar(),
  },
  {
    name: "sync",
    commands: ["sync"],
    load: async () => (await import("./modes/sync-with-others.js")).syncWithOthers(),
  },
  {
    name: "generate",
    commands: ["generate"],
    load: async () => (await import("./modes/generate-for-kees.js")).generateForKees(),
  },
  {
    name: "objects",
    commands: ["objects"],
    load: async () => (await import("./modes/objects-by-broker.js")).objectsByBroker(),
  },
  {
    name: "policies",
    commands: ["policy", "migrate"],
    load: async () => (await import("./modes/policies.js")).policies(),
  },
];
