import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { CloudLogins } from "./image-lookups.js";
import { addSettingsOptions } from "./settings-options.js";
import type { SettingsFlags } from "./webhook-settings.js";
import { addListenOptions, addServingOptions, type ServingOptions } from "./serving-options.js";

/** What the command line says about a webhook. */
export interface WebhookCommandOptions extends SettingsFlags, ServingOptions {
  readonly brokerService?: string;
  readonly brokerTlsSecret?: string;
  /** A file instead of the stores of the cluster. */
  readonly stores?: string;
  readonly lookUpStores?: boolean;
}

/** `sluice webhook`: changes pods so that they are given their secrets. */
export function buildWebhookCommand(command: Command, context: ModeContext, cloudLogins: CloudLogins): void {
  command.description(
    "Answers the admission reviews of an API server: /mutate changes pods that name secrets, /validate\n" +
      "refuses those that would start with references as they are written. What cannot be done is denied,\n" +
      "with the reason and what to do. Reads settings, roots and certificates again when they change, and\n" +
      "on SIGHUP. Told to stop, it answers what still comes, and ends.",
  );
  addListenOptions(command);
  addSettingsOptions(command, context)
    .option(
      "--broker-service <name>",
      "ask the cluster for the broker's Service, in the webhook's namespace, instead of --broker",
    )
    .option(
      "--broker-tls-secret <name>",
      "make the broker's certificates, too, in this Secret, which the broker mounts, instead of --broker-roots",
    )
    .option(
      "--no-look-up-config-maps",
      "do not look for references in ConfigMaps that pods take variables from",
    )
    .option(
      "--no-look-up-secrets",
      "do not look for references in Secrets, so no right to read them is needed",
    )
    .option(
      "--stores <file>",
      "the file that the broker takes its stores from (default: SecretStores and ClusterSecretStores)",
    )
    .option("--no-look-up-stores", "do not look which stores act as the pod: no pod is given tokens for them")
    .addOption(
      new Option(
        "--cloud-logins <cloud...>",
        "look images up in these clouds' registries with the webhook's own identity (default: none)",
      ).choices(Object.keys(cloudLogins)),
    );
  addServingOptions(command, "sluice-webhook")
    .addHelpText(
      "after",
      "\nExamples:\n" +
        `  ${context.name} webhook --settings /etc/sluice/webhook.yaml\n` +
        `  ${context.name} webhook --broker https://10.96.4.2:8443 --broker-roots roots.pem --launcher-image sluice/launcher:1 --tls files`,
    )
    .action(async (options: WebhookCommandOptions) => {
      const { runWebhook } = await import("./run-webhook.js");
      await runWebhook(context, options, cloudLogins);
    });
}
