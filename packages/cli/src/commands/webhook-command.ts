import { type Command, Option } from "commander";
import type { CliContext } from "../cli-context.js";
import { CLOUD_LOGINS } from "../webhook/settings-file.js";
import { addSettingsOptions } from "../webhook/settings-options.js";
import type { SettingsFlags } from "../webhook/webhook-settings.js";
import { addressOption, type HostPort, numberOption } from "./server-options.js";

/** What the command line says about a webhook. */
export interface WebhookCommandOptions extends SettingsFlags {
  readonly listen: HostPort;
  readonly management: HostPort;
  readonly brokerService?: string;
  readonly brokerTlsSecret?: string;
  readonly tls: "own" | "files";
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsSecret: string;
  readonly tlsName?: readonly string[];
  readonly namespace?: string;
  readonly mutatingConfiguration: readonly string[];
  readonly validatingConfiguration: readonly string[];
  readonly maxConnections: number;
  readonly lame: number;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: string;
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
    )
    .addOption(addressOption("--listen <host:port>", "where the API server asks", "0.0.0.0:8443"))
    .addOption(
      addressOption("--management <host:port>", "plain HTTP: /healthz, /readyz, /metrics", "0.0.0.0:9090"),
    );
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
    )
    .addOption(
      new Option(
        "--tls <mode>",
        "make certificates, or read files that somebody else writes, as cert-manager",
      )
        .choices(["own", "files"])
        .default("own"),
    )
    .option("--tls-cert <file>", "with files: certificate chain, PEM", "/etc/sluice/tls/tls.crt")
    .option("--tls-key <file>", "with files: its private key, PEM", "/etc/sluice/tls/tls.key")
    .option(
      "--tls-secret <name>",
      "with own: Secret for the certificates, and Lease for who writes it",
      "sluice-webhook-tls",
    )
    .option(
      "--tls-name <name...>",
      "with own: names the API server calls it by (default: sluice-webhook.NAMESPACE.svc)",
    )
    .option(
      "-n, --namespace <name>",
      "with own: where the Secret is (default: that of the pod or the kubeconfig)",
    )
    .option("--mutating-configuration <name...>", "with own: configurations that are told of the roots", [
      "sluice-webhook",
    ])
    .option("--validating-configuration <name...>", "with own: likewise", ["sluice-webhook"])
    .addOption(numberOption("--max-connections <number>", "connections at once", 1_000))
    .addOption(numberOption("--lame <seconds>", "how long it still takes requests when it is stopped", 5))
    .option("--kubeconfig <file>", "cluster to ask (default: KUBECONFIG, or the pod's own account)")
    .option("--context <name>", "context of the kubeconfig")
    .addOption(
      new Option("--log-level <level>", "debug writes what was allowed, too")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
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
