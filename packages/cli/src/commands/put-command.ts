import type { Command } from "commander";
import type { PutRequest } from "@sluice/core";
import type { ModeContext } from "@sluice/mode";
import { configOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface PutCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly ifAbsent?: true;
  readonly ifVersion?: string;
  readonly trim?: true;
  readonly allowEmpty?: true;
}

/** `sluice put`: writes one value, from standard input only: arguments are for everybody to read. */
export function buildPutCommand(command: Command, context: ModeContext): void {
  command
    .argument("<reference>", "secret://STORE/PATH")
    .option("--if-absent", "only if nothing is there")
    .option("--if-version <version>", "only over this version, as `sluice list` shows it")
    .option("--trim", "drop white space at both ends of the value, such as the line break of echo")
    .option("--allow-empty", "write an empty value, too; else it is taken for a program before that failed")
    .addOption(configOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      "\nExample:\n  openssl rand -hex 16 | sluice put --if-absent --trim secret://dev/TOKEN",
    )
    .action((reference: string, options: PutCommandOptions) => put(context, reference, options));
}

async function put(context: ModeContext, written: string, options: PutCommandOptions): Promise<void> {
  const [{ openStores }, { parsePlace, succeeded }, { SecretValue, SluiceError }, { buffer }] =
    await Promise.all([
      import("@sluice/mode/stores"),
      import("../store/change.js"),
      import("@sluice/core"),
      import("node:stream/consumers"),
    ]);
  const { store, path } = parsePlace(written);
  await using stores = await openStores(context, options.config);
  const input = SecretValue.fromBytes(await buffer(process.stdin));
  const value = options.trim ? SecretValue.fromText(input.text().trim()) : input;
  if (value.byteLength === 0 && !options.allowEmpty)
    throw new SluiceError({
      code: "SLU1201",
      kind: "usage",
      problem: `Standard input has no value for ${written}, which stays as it is`,
      remedy: "Send the value to standard input; with --allow-empty an empty one is written",
    });
  const request: PutRequest = { path, value, ...conditionOf(options) };
  const outcome = await stores.resolver.put(store, request, requestOf(options));
  const { status, version } = succeeded(store, outcome);
  context.output.note(`sluice: ${written} ${status}${version === undefined ? "" : `, version ${version}`}`);
}

function conditionOf({ ifAbsent, ifVersion }: PutCommandOptions): Pick<PutRequest, "condition"> {
  if (ifVersion !== undefined) return { condition: { ifVersion } };
  // One person who writes one value wants what the store can do, and is told when that was not enough.
  return ifAbsent ? { condition: { ifAbsent: "best-effort" } } : {};
}
