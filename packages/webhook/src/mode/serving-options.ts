import { type Command, Option } from "commander";
import { addressOption, type HostPort, numberOption } from "@sluice/mode/server-options";

/** How whoever answers admission reviews is reached and trusted. */
export interface ServingOptions {
  readonly listen: HostPort;
  readonly management: HostPort;
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

export function addListenOptions(command: Command): Command {
  return command
    .addOption(addressOption("--listen <host:port>", "where the API server asks", "0.0.0.0:8443"))
    .addOption(
      addressOption("--management <host:port>", "plain HTTP: /healthz, /readyz, /metrics", "0.0.0.0:9090"),
    );
}

/** @param name - What Secret, Service and configurations are called by default, as in `sluice-webhook`. */
export function addServingOptions(
  command: Command,
  name: string,
  validating: readonly string[] = [name],
): Command {
  return command
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
      `${name}-tls`,
    )
    .option(
      "--tls-name <name...>",
      `with own: names the API server calls it by (default: ${name}.NAMESPACE.svc)`,
    )
    .option(
      "-n, --namespace <name>",
      "with own: where the Secret is (default: that of the pod or the kubeconfig)",
    )
    .option("--mutating-configuration <name...>", "with own: configurations that are told of the roots", [
      name,
    ])
    .addOption(
      new Option("--validating-configuration <name...>", "with own: likewise").default(
        [...validating],
        validating.length === 0 ? "none" : undefined,
      ),
    )
    .addOption(numberOption("--max-connections <number>", "connections at once", 1_000))
    .addOption(numberOption("--lame <seconds>", "how long it still takes requests when it is stopped", 5))
    .option("--kubeconfig <file>", "cluster to ask (default: KUBECONFIG, or the pod's own account)")
    .option("--context <name>", "context of the kubeconfig")
    .addOption(
      new Option("--log-level <level>", "debug writes what was allowed, too")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    );
}
