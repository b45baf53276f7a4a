import { type Command, Option } from "commander";
import type { CliContext } from "../cli-context.js";
import { CLOUD_LOGINS } from "../webhook/settings-file.js";
import { addSettingsOptions } from "../webhook/settings-options.js";
import type { SettingsFlags } from "../webhook/webhook-settings.js";
import { addListenOptions, addServingOptions, type ServingOptions } from "./serving-options.js";

/** What the command line says about a webhook. */
export interface WebhookCommandOptions extends SettingsFlags, ServingOptions {
  readonly brokerService?: string;
  readonly brokerTlsSecret?: string;
}

/** `sluice webhook`: changes pods so that they are given their secrets. */
export function addWebhookCommand(program: Command, context: CliContext): void {
  const command = program
    .command("webhook")
    .summary("admit pods to a cluster: put the launcher before commands that need secrets")
    .description(
      "Answers the admission reviews of an API server: /mutate changes pods that name secrets, /validate\n" +
        "refuses those that would start with references as they are written. What cannot be done is denied,\n" +
        "with the reason and what to do. Reads settings, roots and certificates again when they change, and\n" +
        "on SIGHUP. Told to stop, it answers what still comes, and ends.",
    );
  addListenOptions(command);
  addSettingsOptions(command)
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
    .addOption(
      new Option(
        "--cloud-logins <cloud...>",
        "look images up in these clouds' registries with the webhook's own identity (default: none)",
      ).choices(CLOUD_LOGINS),
    );
  addServingOptions(command, "sluice-webhook")
    .addHelpText(
      "after",
      "\nExamples:\n" +
        "  sluice webhook --settings /etc/sluice/webhook.yaml\n" +
        "  sluice webhook --broker https://10.96.4.2:8443 --broker-roots roots.pem --launcher-image sluice/launcher:1 --tls files",
    )
    .action(async (options: WebhookCommandOptions) => {
      const { runWebhook } = await import("../webhook/run-webhook.js");
      await runWebhook(context, options);
    });
}
