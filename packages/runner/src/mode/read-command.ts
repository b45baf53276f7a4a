import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import { configOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface ReadCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
}

/** `sluice read`: prints one value. */
export function buildReadCommand(command: Command, context: ModeContext): void {
  command
    .description("Prints the value as it is, byte for byte; on a terminal a line break follows.")
    .argument("<reference>", "secret://STORE/PATH[?version=V&decode=base64][#KEY]")
    .addOption(configOption())
    .addOption(timeoutOption())
    .action(async (reference: string, options: ReadCommandOptions): Promise<void> => {
      const { openStores } = await import("@sluice/mode/stores");
      await using stores = await openStores(context, options.config);
      const value = await stores.resolver.get(reference, requestOf(options));
      context.output.print(value.bytes());
      if (context.output.printsToTerminal) context.output.print("\n");
    });
}
