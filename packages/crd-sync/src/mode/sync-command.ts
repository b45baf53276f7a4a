import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { SyncModeOptions } from "./sync-mode.js";
import {
  addressOption,
  type HostPort,
  numberOption,
  allowAddressesOption,
  allowFilesOption,
  type TenantFlags,
} from "@sluice/mode/server-options";

/** What the command line says about a controller. */
export interface SyncCommandOptions extends TenantFlags {
  readonly management: HostPort;
  readonly namespaces?: readonly string[];
  readonly shard?: string;
  readonly leaseNamespace?: string;
  readonly brokerIdentityInNamespaces: readonly string[];
  readonly tokenAudiencesInNamespaces: readonly string[];
  readonly concurrency: number;
  readonly akv2k8s?: boolean;
  readonly eso?: boolean;
  readonly esoVersion: "v1" | "v1beta1";
  readonly restarts?: boolean;
  readonly restartWindow?: string;
  readonly restartsPerMinute: number;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: string;
}

/** `sluice sync`: keeps Secrets and ConfigMaps equal to what stores hold. */
export function buildSyncCommand(command: Command, context: ModeContext, parts: SyncModeOptions): void {
  command
    .description(
      "Watches SecretSyncs and the objects they name. Of several replicas one works, the others wait for its\n" +
        "lease. Writes a JSON line for every object that is written, and for every sync that cannot be done, to\n" +
        "standard output; never a value. Told to stop, it ends what is under way.",
    )
    .addOption(
      addressOption("--management <host:port>", "plain HTTP: /healthz, /readyz, /metrics", "0.0.0.0:9090"),
    )
    .option("--namespaces <name...>", "look at these namespaces only (default: all)")
    .option(
      "--shard <name>",
      "do those with the label sluice.dev/shard: NAME (default: those without the label)",
    )
    .option("--lease-namespace <name>", "namespace of the lease (default: the pod's own)")
    .addOption(
      new Option(
        "--broker-identity-in-namespaces <provider...>",
        "providers that a SecretStore may use with the controller's own credentials",
      ).default([], "none"),
    )
    .addOption(
      new Option(
        "--token-audiences-in-namespaces <audience...>",
        "audiences for which a SecretStore with identity: pod is given tokens of service accounts",
      ).default([], "none"),
    )
    .addOption(allowAddressesOption())
    .addOption(allowFilesOption())
    .option("--eso", "do ExternalSecrets (external-secrets.io) as well, in place of External Secrets")
    .addOption(
      new Option("--eso-version <version>", "version of their kinds that the cluster serves")
        .choices(["v1", "v1beta1"])
        .default("v1"),
    );
  if (parts.akv2k8s !== undefined)
    command.option("--akv2k8s", "do AzureKeyVaultSecrets (spv.no) as well, in place of akv2k8s' controller");
  if (parts.given !== undefined)
    command
      .option("--restarts", "restart workloads annotated so when their secrets change")
      .option(
        "--restart-window <window>",
        'when: as in "Sat,Sun 22:00-04:00 Europe/Berlin" (default: any time)',
      )
      .addOption(
        numberOption("--restarts-per-minute <number>", "restarts of workloads a minute, of all", 10),
      );
  command
    .addOption(numberOption("--concurrency <number>", "syncs done at once", 16))
    .option("--kubeconfig <file>", "cluster to ask (default: KUBECONFIG, or the pod's own account)")
    .option("--context <name>", "context of the kubeconfig")
    .addOption(
      new Option("--log-level <level>", "what to write")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .addHelpText(
      "after",
      `\nExamples:\n  ${context.name} sync\n  ${context.name} sync --namespaces shop pay --shard a`,
    )
    .action(async (options: SyncCommandOptions) => {
      const { runSync } = await import("./run-sync.js");
      await runSync(context, options, parts);
    });
}
