import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import { readEnvFiles } from "@sluice/runner/options";
import type { DataFormat } from "@sluice/mode/output";
import { configOption, envFileOption, outputOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface DoctorCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly envFile: readonly string[];
  readonly output: DataFormat;
}

/** `sluice doctor`: finds out whether every store can do what is asked of it. */
export function buildDoctorCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Asks each store whether it is there and lets us in, reads everything the configuration refers to (and shows\n" +
        "none of it), compares clocks, and tells what expires soon; with what to do about each.",
    )
    .argument("[store]", "store to check; all of them by default")
    .addOption(envFileOption())
    .addOption(outputOption())
    .addOption(configOption())
    .addOption(timeoutOption())
    .action(async (store: string | undefined, options: DoctorCommandOptions) => {
      context.exitWith(await doctor(context, store, options));
    });
}

async function doctor(
  context: ModeContext,
  only: string | undefined,
  options: DoctorCommandOptions,
): Promise<number> {
  const [
    { openStores },
    { planEnvironment, referencesOf },
    { examineStore },
    { createProgress },
    report,
    core,
  ] = await Promise.all([
    import("@sluice/mode/stores"),
    import("@sluice/runner"),
    import("../doctor/examine-store.js"),
    import("../output/progress.js"),
    import("../doctor/report.js"),
    import("@sluice/core"),
  ]);
  await using stores = await openStores(context, options.config);
  const { config, resolver } = stores;
  const names = Object.keys(config.stores);
  if (only !== undefined && !names.includes(only)) throw new core.UnknownStoreError(only, names);

  const configured = Object.entries(config.env).map(([name, variable]) => ({ name, ...variable }));
  const added = [...configured, ...(await readEnvFiles(context.directory, options.envFile))];
  const plan = planEnvironment({ inherited: {}, added });
  const references = Object.values(referencesOf(plan));
  const chosen = Object.entries(config.stores).filter(([name]) => only === undefined || name === only);

  using progress = createProgress(
    context.output,
    chosen.map(([name]) => name),
  );
  const examined = await Promise.all(
    chosen.map(async ([store, definition]) => {
      const mine = references.filter((reference) => reference.store === store);
      const findings = await examineStore(
        resolver,
        { store, definition, references: mine },
        requestOf(options),
      );
      progress.done(store);
      return findings;
    }),
  );
  progress[Symbol.dispose]();
  const strays = only === undefined ? report.strayFindings(plan.faults, references, names) : [];
  const findings = [...strays, ...examined.flat()];
  await report.printFindings(context.output, options.output, findings);
  return report.exitCodeOf(findings);
}
