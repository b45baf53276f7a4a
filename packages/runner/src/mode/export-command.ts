import { EXPORT_FORMATS, type ExportFormat } from "@sluice/templates";
import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import { addEnvironmentOptions, type EnvironmentCommandOptions, planFrom } from "./environment-options.js";
import { configOption, requestOf, timeoutOption } from "@sluice/mode/options";

interface ExportCommandOptions extends EnvironmentCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly format: ExportFormat;
}

/** `sluice export`: prints variables in a format other programs read. */
export function buildExportCommand(command: Command, context: ModeContext): void {
  command
    .description(
      `Prints what \`${context.name} run\` would add to the environment, or only the variables named.`,
    )
    .argument("[names...]", "variables to print; all by default");
  addEnvironmentOptions(command)
    .addOption(new Option("--format <format>", "format to write").choices(EXPORT_FORMATS).default("dotenv"))
    .addOption(configOption())
    .addOption(timeoutOption())
    .action((names: string[], options: ExportCommandOptions) => exportVariables(context, names, options));
}

async function exportVariables(
  context: ModeContext,
  names: string[],
  options: ExportCommandOptions,
): Promise<void> {
  const [
    { openStores },
    { resolveEnvironment },
    { initialEnvironment },
    { formatVariables },
    { SluiceError },
  ] = await Promise.all([
    import("@sluice/mode/stores"),
    import("../environment/resolve-environment.js"),
    import("../process/initial-environment.js"),
    import("@sluice/templates"),
    import("@sluice/core"),
  ]);
  await using stores = await openStores(context, options.config);
  const plan = await planFrom(context, stores.config, initialEnvironment(), { ...options, pristine: true });
  const known = [...plan.variables.map(({ name }) => name), ...plan.faults.map(({ label }) => label)];
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new SluiceError({
      code: "SLU1201",
      kind: "usage",
      problem: `There is no variable ${missing.join(", ")} to export`,
      remedy: `There are: ${known.join(", ") || "none"}`,
    });
  const wanted = (name: string): boolean => names.length === 0 || names.includes(name);
  const chosen = {
    variables: plan.variables.filter(({ name }) => wanted(name)),
    faults: plan.faults.filter(({ label }) => wanted(label)),
  };
  const { env } = await resolveEnvironment(chosen, stores.resolver, requestOf(options));
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  context.output.print(formatVariables(options.format, variables));
}
