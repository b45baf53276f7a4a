import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { OpenObjectReader } from "./run-objects.js";
import { addListenOptions, addServingOptions, type ServingOptions } from "./serving-options.js";

/** What the command line says about filling objects. */
export interface ObjectsCommandOptions extends ServingOptions {
  readonly settings: string;
  readonly stores?: string;
}

/** `sluice objects`: fills references in Secrets, ConfigMaps and other objects. */
export function buildObjectsCommand(
  command: Command,
  context: ModeContext,
  openReader: OpenObjectReader,
): void {
  command.description(
    "Answers the admission reviews of an API server: /mutate puts values in the place of references in\n" +
      "objects, where the policy in the settings allows that namespace and resource; /validate refuses\n" +
      "those that still have some. Values are then in the cluster's database, and whoever may read the\n" +
      "object reads them: a SecretSync, or pods that read secrets by themselves, are safer. Writes a JSON\n" +
      "line for every reading; never a value.",
  );
  addListenOptions(command)
    .requiredOption("--settings <file>", "YAML with policy, dialects, bankVaults; see docs/objects.md")
    .option("--stores <file>", "take the stores from a file (default: SecretStores and ClusterSecretStores)");
  addServingOptions(command, "sluice-objects", [])
    .addHelpText("after", `\nExamples:\n  ${context.name} objects --settings /etc/sluice/objects.yaml`)
    .action(async (options: ObjectsCommandOptions) => {
      const { runObjects } = await import("./run-objects.js");
      await runObjects(context, options, openReader);
    });
}
