import type { Mode } from "@sluice/mode";
import type { CloudLogins } from "./image-lookups.js";

/** What `sluice webhook` can do besides looking images up with the logins of a pod. */
export interface WebhookModeOptions {
  /** Logins to the image registries of clouds, by the names that settings have for them; none by default. */
  readonly cloudLogins?: CloudLogins;
}

/** Admits pods to a cluster (`webhook`), and shows without one what becomes of manifests (`mutate`, `lint`). */
export function webhook({ cloudLogins = {} }: WebhookModeOptions = {}): Mode {
  return {
    name: "webhook",
    commands: [
      {
        name: "webhook",
        group: "In a cluster",
        summary: "admit pods to a cluster: put the launcher before commands that need secrets",
        serves: true,
        load: async () => {
          const { buildWebhookCommand } = await import("./webhook-command.js");
          return (command, context) => buildWebhookCommand(command, context, cloudLogins);
        },
      },
      {
        name: "mutate",
        group: "On manifests",
        summary: "print manifests as the webhook would change them, without a cluster",
        load: async () => (await import("./mutate-command.js")).buildMutateCommand,
      },
      {
        name: "lint",
        group: "On manifests",
        summary: "say what the webhook would refuse in manifests, without a cluster",
        load: async () => (await import("./lint-command.js")).buildLintCommand,
      },
    ],
  };
}
