import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import { configOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface DeleteCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly ifVersion?: string;
}

/** `sluice delete`: removes one secret. */
export function buildDeleteCommand(command: Command, context: ModeContext): void {
  command
    .argument("<reference>", "secret://STORE/PATH")
    .option("--if-version <version>", "only this version, as `sluice list` shows it")
    .addOption(configOption())
    .addOption(timeoutOption())
    .action(async (reference: string, options: DeleteCommandOptions) => {
      const [{ openStores }, { parsePlace, succeeded }] = await Promise.all([
        import("@sluice/mode/stores"),
        import("../store/change.js"),
      ]);
      const { store, path } = parsePlace(reference);
      await using stores = await openStores(context, options.config);
      const { ifVersion } = options;
      const request = { path, ...(ifVersion !== undefined && { ifVersion }) };
      succeeded(store, await stores.resolver.delete(store, request, requestOf(options)));
      context.output.note(`sluice: ${reference} deleted`);
    });
}
