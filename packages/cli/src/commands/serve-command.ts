import { type Command, InvalidArgumentError, Option } from "commander";
import { closestName } from "@sluice/core";
import type { CliContext } from "../cli-context.js";

/** What `serve` can run beside each other: commands that go on until they are told to stop. */
export const MODES = ["webhook", "broker", "sync", "generate", "objects"] as const;

export type Mode = (typeof MODES)[number];

export interface ServeCommandOptions {
  readonly modes: readonly Mode[];
  readonly options?: string;
}

/** `sluice serve`: several of the modes of a cluster in one process. */
export function addServeCommand(program: Command, context: CliContext): void {
  program
    .command("serve")
    .summary("run several of these in one process")
    .description(
      "Runs the modes as their own commands would, in one process: for a small cluster, or a laptop.\n" +
        "They end together: told to stop, each gives the answers that are under way, and one that fails\n" +
        "stops the others. One process holds the rights of all of them; deploy/ keeps them apart.",
    )
    .addOption(
      new Option("--modes <names>", `separated by commas: ${MODES.join(", ")}`)
        .argParser(readModes)
        .makeOptionMandatory(),
    )
    .option("--options <file>", "YAML: by mode, the options of its command, without their dashes")
    .addHelpText(
      "after",
      "\nWhat listens at one address by default listens at the next port in each further mode: webhook\n" +
        "8443 and 9090, broker 8444 and 9091.\n" +
        "\nExample:\n  sluice serve --modes webhook,broker --options serve.yaml\n" +
        "\n  # serve.yaml\n" +
        "  webhook: { settings: webhook.yaml, broker-service: sluice-broker }\n" +
        "  broker: { on-replay: refuse, listen: 0.0.0.0:8444 }",
    )
    .action(async (options: ServeCommandOptions) => {
      const { serveModes } = await import("../serve/serve-modes.js");
      await serveModes(context, options);
    });
}

function readModes(text: string): readonly Mode[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (MODES.some((mode) => mode === name)) continue;
    const closest = closestName(name, MODES);
    throw new InvalidArgumentError(
      `There is no mode ${JSON.stringify(name)}${closest === undefined ? `; there are ${MODES.join(", ")}` : `; did you mean ${closest}?`}`,
    );
  }
  if (new Set(names).size < names.length) throw new InvalidArgumentError("Name each mode once.");
  return names as Mode[];
}
