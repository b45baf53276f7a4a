import type { ListedSecret } from "@sluice/core";
import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { DataFormat } from "@sluice/mode/output";
import { configOption, outputOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface ListCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly prefix?: string;
  readonly output: DataFormat;
}

/** `sluice list`: names what stores hold. */
export function buildListCommand(command: Command, context: ModeContext): void {
  command
    .argument("[store]", "store to list; all of them by default")
    .option("--prefix <path>", "only paths that begin with this")
    .addOption(outputOption())
    .addOption(configOption())
    .addOption(timeoutOption())
    .action((store: string | undefined, options: ListCommandOptions) => list(context, store, options));
}

async function list(
  context: ModeContext,
  only: string | undefined,
  options: ListCommandOptions,
): Promise<void> {
  const [{ openStores }, { printData }, { formatReference, INCOMPLETE_REASON, StoreError }] =
    await Promise.all([import("@sluice/mode/stores"), import("@sluice/mode/output"), import("@sluice/core")]);
  await using stores = await openStores(context, options.config);
  const names = only === undefined ? Object.keys(stores.config.stores) : [only];
  const query = options.prefix === undefined ? {} : { prefix: options.prefix };
  const secrets: (ListedSecret & { readonly reference: string })[] = [];
  let incomplete: unknown;
  for (const store of names)
    try {
      for await (const item of stores.resolver.list(store, query, requestOf(options)))
        secrets.push({ reference: formatReference({ store, path: item.path }), ...item });
    } catch (thrown) {
      // People see what there is, and are told that it is not all.
      if (!StoreError.isInstance(thrown) || thrown.failure.reason !== INCOMPLETE_REASON) throw thrown;
      incomplete ??= thrown;
    }
  const rows = secrets.map(({ reference, version = "-", updatedAt }) => ({
    reference,
    version,
    updated: updatedAt === undefined ? "-" : new Date(updatedAt).toISOString(),
  }));
  await printData(context.output, options.output, secrets, {
    columns: ["reference", "version", "updated"],
    rows,
  });
  if (incomplete !== undefined) throw incomplete;
}
