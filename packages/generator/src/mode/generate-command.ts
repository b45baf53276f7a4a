import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { GenerateModeOptions } from "./generate-mode.js";
import type { DataFormat } from "@sluice/mode/output";
import { configOption, outputOption } from "@sluice/mode/options";
import { addressOption, type HostPort, numberOption } from "@sluice/mode/server-options";

/** What the command line says about a generator. */
export interface GenerateCommandOptions {
  readonly config?: string;
  readonly once?: true;
  readonly filename?: readonly string[];
  readonly output: DataFormat;
  readonly namespace?: string;
  readonly ledgerNamespace?: string;
  readonly lead?: true;
  readonly soleWriter?: true;
  readonly management: HostPort;
  readonly concurrency: number;
  readonly threads: number;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: string;
}

/** `sluice generate`: creates the secrets that pods and resources ask for. */
export function buildGenerateCommand(
  command: Command,
  context: ModeContext,
  parts: GenerateModeOptions,
): void {
  command
    .description(
      "Watches pods and GeneratedSecrets, and creates what they ask for in a store of the configuration, if\n" +
        "it is not there. What stands is never written over. Pods that ask for a number of a range are leased\n" +
        "one as long as they are there. Any number of generators may run at the same time. The section\n" +
        "`generate` of the configuration says who may have what created.",
    )
    .addOption(configOption())
    .option("--once", "do what is to be done now, tell what was done, and end")
    .option(
      "-f, --filename <file...>",
      "do so for manifests, YAML or JSON, without a cluster; - for standard input",
    )
    .addOption(outputOption())
    .option("-n, --namespace <name>", "only this namespace; of manifests, for what names none itself")
    .option("--ledger-namespace <name>", "where ConfigMaps say who has which number (default: our own)")
    .addOption(
      new Option("--lead", "generate only while holding a Lease of the cluster").conflicts([
        "once",
        "filename",
        "soleWriter",
      ]),
    )
    .option("--sole-writer", "nobody else generates: write to stores that know no conditional write")
    .addOption(
      addressOption("--management <host:port>", "plain HTTP: /healthz, /readyz, /metrics", "0.0.0.0:9090"),
    )
    .addOption(numberOption("--concurrency <number>", "secrets made at the same time", 8))
    .addOption(numberOption("--threads <number>", "threads that make keys", spareProcessors()))
    .option("--kubeconfig <file>", "cluster to ask (default: KUBECONFIG, or the pod's own account)")
    .option("--context <name>", "context of the kubeconfig")
    .addOption(
      new Option("--log-level <level>", "what to write besides what was created")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .addHelpText(
      "after",
      `\nExamples:\n  ${context.name} generate --config sluice.yaml\n  ${context.name} generate --once -f deployment.yaml`,
    )
    .action(async (options: GenerateCommandOptions) => {
      const { runGenerate } = await import("./run-generate.js");
      await runGenerate(context, options, parts);
    });
}

/** One is left for everything else, and each thread has memory of its own. */
function spareProcessors(): number {
  return Math.min(4, Math.max(1, availableParallelism() - 1));
}
