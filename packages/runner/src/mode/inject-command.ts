import { type Command, InvalidArgumentError, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import { configOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface InjectCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly in: string;
  readonly out: string;
  readonly mode: number;
}

/** `sluice inject`: fills references in a file. */
export function buildInjectCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Replaces each ${secret://…} in a template by its value; $${secret://…} stays as ${secret://…}.",
    )
    .requiredOption("-i, --in <file>", "template to read; - for standard input")
    .option("-o, --out <file>", "file to write, all at once or not at all; - for standard output", "-")
    .addOption(
      new Option("--mode <octal>", "permissions of the file written")
        .argParser(readFileMode)
        .default(0o600, "0600"),
    )
    .addOption(configOption())
    .addOption(timeoutOption())
    .action((options: InjectCommandOptions) => inject(context, options));
}

async function inject(context: ModeContext, options: InjectCommandOptions): Promise<void> {
  const [{ openStores }, { readTemplate, fillTemplate }, { writeWhole }] = await Promise.all([
    import("@sluice/mode/stores"),
    import("./fill-template.js"),
    import("@sluice/mode/stores"),
  ]);
  await using stores = await openStores(context, options.config);
  const template = await readTemplate(context.directory, options.in);
  const filled = await fillTemplate(template, stores.resolver, requestOf(options));
  if (options.out === "-") context.output.print(filled);
  else await writeWhole(context.directory, options.out, filled, options.mode);
}

function readFileMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError("Write three octal digits, such as 0640.");
  return Number.parseInt(text, 8);
}
