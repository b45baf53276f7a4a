import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { outputOption } from "./options.js";
import { type DataFormat, printData } from "../output/print-data.js";

/** `sluice version`: what is running. */
export function addVersionCommand(program: Command, context: CliContext): void {
  program
    .command("version")
    .summary("print the version, and what it runs on")
    .addOption(outputOption())
    .action(async (options: { readonly output: DataFormat }): Promise<void> => {
      const facts = {
        sluice: await packageVersion(),
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

/** The version of this package, as it was published. */
export async function packageVersion(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
