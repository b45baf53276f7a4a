import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { configOption, requestOf, timeoutOption } from "./options.js";

interface ReadCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
}

/** `sluice read`: prints one value. */
export function addReadCommand(program: Command, context: CliContext): void {
  program
    .command("read")
    .summary("print the value of one reference")
    .description("Prints the value as it is, byte for byte; on a terminal a line break follows.")
    .argument("<reference>", "secret://STORE/PATH[?version=V&decode=base64][#KEY]")
    .addOption(configOption())
    .addOption(timeoutOption())
    .action(async (reference: string, options: ReadCommandOptions): Promise<void> => {
      const { openStores } = await import("../config/open-stores.js");
      await using stores = await openStores(context, options.config);
      const value = await stores.resolver.get(reference, requestOf(options));
      context.output.print(value.bytes());
      if (context.output.printsToTerminal) context.output.print("\n");
    });
}
