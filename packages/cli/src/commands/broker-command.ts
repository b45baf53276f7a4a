import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliContext } from "../cli-context.js";

/** What the command line says about a broker. */
export interface BrokerCommandOptions {
  readonly listen: HostPort;
  readonly management: HostPort;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly stores?: string;
  readonly brokerIdentityInNamespaces: readonly string[];
  readonly onReplay: "refuse" | "audit";
  readonly rate: number;
  readonly burst: number;
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly recordVersions: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: string;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `sluice broker`: answers the launchers of a cluster. */
export function addBrokerCommand(program: Command, context: CliContext): void {
  program
    .command("broker")
    .summary("answer launchers in a cluster: who asks, what its pod may have, the values")
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
    .option(
      "--broker-identity-in-namespaces <provider...>",
      "providers that a SecretStore may use with the broker's own credentials",
      [],
    )
    .addOption(
      new Option("--on-replay <mode>", "what to do when a start asks twice, or late")
        .choices(["refuse", "audit"])
        .default("audit"),
    )
    .addOption(numberOption("--rate <number>", "requests of a namespace in a second", 50))
    .addOption(numberOption("--burst <number>", "requests of a namespace at once", 1_000))
    .addOption(numberOption("--max-connections <number>", "connections at once", 1_000))
    .addOption(numberOption("--max-requests <number>", "requests answered at once", 256))
    .option("--no-record-versions", "do not write into ConfigMaps which versions a workload was given")
    .option("--kubeconfig <file>", "cluster to ask (default: KUBECONFIG, or the pod's own account)")
    .option("--context <name>", "context of the kubeconfig")
    .addOption(
      new Option("--log-level <level>", "what to write besides the audit")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice broker\n  sluice broker --stores stores.yaml --tls-cert tls.crt --tls-key tls.key --on-replay refuse",
    )
    .action(async (options: BrokerCommandOptions) => {
      const { runBroker } = await import("../broker/run-broker.js");
      await runBroker(context, options);
    });
}

function addressOption(flags: string, description: string, fallback: string): Option {
  return new Option(flags, description).argParser(readAddress).default(readAddress(fallback), fallback);
}

function readAddress(text: string): HostPort {
  const [, v6, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError("Write HOST:PORT, such as 0.0.0.0:8443 or [::]:8443.");
  return { host, port: Number(port) };
}

function numberOption(flags: string, description: string, fallback: number): Option {
  return new Option(flags, description).default(fallback).argParser((text: string) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value === 0) throw new InvalidArgumentError("Write a whole number above 0.");
    return value;
  });
}
