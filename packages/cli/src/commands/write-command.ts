import { type Command, InvalidArgumentError, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import { configOption, durationOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface WriteCommandOptions {
  readonly file?: string;
  readonly annotations?: string;
  readonly dialect?: "kees";
  readonly allow: readonly string[];
  readonly wait?: number;
  readonly retryDelay?: number;
  readonly config?: string;
  readonly timeout?: number;
}

/** `sluice write`: writes files made of secrets, all or none. */
export function buildWriteCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Writes the files of a plan into folders of its own, which are exchanged at once as the kubelet does it.\n" +
        "Before everything is read, nothing is written. The plan is a file, the pod's annotations, or what the\n" +
        "webhook wrote into the variable SLUICE_FILES. Values come from configured stores, or from SLUICE_SOURCE.",
    )
    .option("-f, --file <file>", "plan as YAML or JSON; - for standard input (default: SLUICE_FILES)")
    .addOption(
      new Option(
        "--annotations <file>",
        "take sluice.dev/file.NAME from a file of the downward API's metadata.annotations",
      ).conflicts("file"),
    )
    .addOption(
      new Option("--dialect <name>", "do as this system does: its annotations, its variables, its files")
        .choices(["kees"])
        .conflicts(["file", "annotations", "wait"]),
    )
    .addOption(
      new Option("--allow <folder>", "write only into this folder and those below it; may be repeated")
        .argParser((folder: string, previous: readonly string[]) => [...previous, folder])
        .default([], "any"),
    )
    .addOption(durationOption("--wait <duration>", "how long to wait for what is away (default: 5m)"))
    .addOption(
      new Option("--retry-delay <seconds>", "try once more after so many seconds, whatever failed").argParser(
        readSeconds,
      ),
    )
    .addOption(configOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      "\nExamples:\n  sluice write -f files.yaml\n  sluice write -f files.yaml --allow /run/app --wait 30s",
    )
    .action(async (options: WriteCommandOptions) => {
      if (options.dialect === "kees") {
        const { runKees } = await import("../kees/run-kees.js");
        return runKees(context, { ...options, request: requestOf(options) });
      }
      const { runWrite } = await import("../write/run-write.js");
      await runWrite(context, { ...options, request: requestOf(options) });
    });
}

function readSeconds(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("Write whole seconds, such as 5.");
  return Number(text);
}
