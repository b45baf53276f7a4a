import { closestName } from "@sluice/core";
import type { BuildCommand, ModeCommand } from "@sluice/mode";
import { addressOption, type HostPort } from "@sluice/mode/server-options";
import { InvalidArgumentError, Option } from "commander";
import type { InjectorParts } from "../run-command-line.js";

export interface ServeCommandOptions {
  /** Names of commands. */
  readonly modes: readonly string[];
  readonly options?: string;
  /** Of the modes that are given no address of their own. */
  readonly management: HostPort;
}

/** `serve`: several of the modes of a cluster in one process. */
export function buildServeCommand(parts: InjectorParts, serving: readonly ModeCommand[]): BuildCommand {
  const names = serving.map((each) => each.name);
  return (command, context) => {
    command
      .description(
        "Runs the modes as their own commands would, in one process: for a small cluster, or a laptop.\n" +
          "They end together: told to stop, each gives the answers that are under way, and one that fails\n" +
          "stops the others. One process holds the rights of all of them; deploy/ keeps them apart.",
      )
      .addOption(
        new Option("--modes <names>", `separated by commas: ${names.join(", ")}`)
          .argParser((text) => readModes(text, names))
          .makeOptionMandatory(),
      )
      .option("--options <file>", "YAML: by mode, the options of its command, without their dashes")
      .addOption(
        addressOption(
          "--management <host:port>",
          "plain HTTP: /healthz, /readyz, /metrics of all modes that are given no address of their own",
          "0.0.0.0:9090",
        ),
      )
      .addHelpText(
        "after",
        "\nWhat listens at one address by default listens at the next port in each further mode: webhook\n" +
          "at 8443, broker at 8444. It is ready when all modes are; metrics have the label mode.\n" +
          `\nExample:\n  ${parts.name} serve --modes webhook,broker --options serve.yaml\n` +
          "\n  # serve.yaml\n" +
          "  webhook: { settings: webhook.yaml, broker-service: sluice-broker }\n" +
          "  broker: { on-replay: refuse, listen: 0.0.0.0:8444 }",
      )
      .action(async (options: ServeCommandOptions) => {
        const { serveModes } = await import("../serve/serve-modes.js");
        await serveModes(parts, context, names, options);
      });
  };
}

function readModes(text: string, known: readonly string[]): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (known.includes(name)) continue;
    const closest = closestName(name, known);
    throw new InvalidArgumentError(
      `There is no mode ${JSON.stringify(name)}${closest === undefined ? `; there are ${known.join(", ")}` : `; did you mean ${closest}?`}`,
    );
  }
  if (new Set(names).size < names.length) throw new InvalidArgumentError("Name each mode once.");
  return names;
}
