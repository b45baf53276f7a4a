import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import {
  addressOption,
  type HostPort,
  numberOption,
  allowAddressesOption,
  allowFilesOption,
  type TenantFlags,
} from "@sluice/mode/server-options";

/** What the command line says about a broker. */
export interface BrokerCommandOptions extends TenantFlags {
  readonly listen: HostPort;
  readonly management: HostPort;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly stores?: string;
  readonly brokerIdentityInNamespaces: readonly string[];
  readonly tokenAudiencesInNamespaces: readonly string[];
  readonly onReplay: "refuse" | "audit";
  readonly rate: number;
  readonly burst: number;
  readonly badTokens: number;
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly recordVersions: boolean;
  readonly storeStatus: boolean;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: string;
}

/** `sluice broker`: answers the launchers of a cluster. */
export function buildBrokerCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Serves environments to launchers over TLS 1.3. Each request is held against the token of its\n" +
        "container, the pod as it is now, and the access lists of the stores, before any store is asked.\n" +
        "Writes a JSON line for every answer and every refusal to standard output; never a value. Told to\n" +
        "stop, it gives the answers that are under way, and ends.",
    )
    .addOption(addressOption("--listen <host:port>", "where launchers ask", "0.0.0.0:8443"))
    .addOption(
      addressOption("--management <host:port>", "plain HTTP: /healthz, /readyz, /metrics", "0.0.0.0:9090"),
    )
    .option(
      "--tls-cert <file>",
      "certificate chain, PEM; read again when it changes",
      "/etc/sluice/tls/tls.crt",
    )
    .option("--tls-key <file>", "its private key, PEM", "/etc/sluice/tls/tls.key")
    .option("--stores <file>", "take the stores from a file (default: SecretStores and ClusterSecretStores)")
    .addOption(
      new Option(
        "--broker-identity-in-namespaces <provider...>",
        "providers that a SecretStore may use with the broker's own credentials",
      ).default([], "none"),
    )
    .addOption(
      new Option(
        "--token-audiences-in-namespaces <audience...>",
        "audiences that a SecretStore may have the broker create tokens for",
      ).default([], "none"),
    )
    .addOption(allowAddressesOption())
    .addOption(allowFilesOption())
    .addOption(
      new Option("--on-replay <mode>", "what to do when a start asks twice, or late")
        .choices(["refuse", "audit"])
        .default("audit"),
    )
    .addOption(numberOption("--rate <number>", "requests of a namespace in a second", 50))
    .addOption(numberOption("--burst <number>", "requests of a namespace at once", 1_000))
    .addOption(
      numberOption(
        "--bad-tokens <number>",
        "tokens of an address that may be bad, and one more a second",
        100,
      ),
    )
    .addOption(numberOption("--max-connections <number>", "connections at once", 1_000))
    .addOption(numberOption("--max-requests <number>", "requests answered at once", 256))
    .option("--no-record-versions", "do not write into ConfigMaps which versions a workload was given")
    .option("--no-store-status", "do not look whether stores answer, and write it into their status")
    .option(
      "-n, --namespace <name>",
      "where brokers agree on who does (default: that of the pod or the kubeconfig)",
    )
    .option("--kubeconfig <file>", "cluster to ask (default: KUBECONFIG, or the pod's own account)")
    .option("--context <name>", "context of the kubeconfig")
    .addOption(
      new Option("--log-level <level>", "what to write besides the audit")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .addHelpText(
      "after",
      `\nExamples:\n  ${context.name} broker\n  ${context.name} broker --stores stores.yaml --tls-cert tls.crt --tls-key tls.key --on-replay refuse`,
    )
    .action(async (options: BrokerCommandOptions) => {
      const { runBroker } = await import("./run-broker.js");
      await runBroker(context, options);
    });
}
