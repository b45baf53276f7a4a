import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import { outputOption } from "@sluice/mode/options";
import { type DataFormat, printData } from "@sluice/mode/output";

/** `version`: what is running. */
export function buildVersionCommand(command: Command, context: ModeContext): void {
  command
    .addOption(outputOption())
    .action(async (options: { readonly output: DataFormat }): Promise<void> => {
      const facts = {
        [context.name]: await context.version(),
        node: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
        providers: context.providers.map(({ id }) => id),
      };
      const rows = Object.entries(facts).map(([part, version]) => ({
        part,
        version: [version].flat().join(", "),
      }));
      await printData(context.output, options.output, facts, { columns: ["part", "version"], rows });
    });
}
