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
          "stops the others. One process holds the rights of all of them: as commands of their own each\n" +
          "needs but its own.",
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
        "\nOf modes that listen at one address by default each takes the next port, in the order of --modes.\n" +
          "It is ready when all modes are; metrics have the label mode.\n" +
          `\nExample:\n  ${parts.name} serve --modes ${names.slice(0, 2).join(",")} --options serve.yaml`,
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
