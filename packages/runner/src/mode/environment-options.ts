import type { LoadedConfig } from "@sluice/config";
import type { ModeContext } from "@sluice/mode";
import { envFileOption } from "@sluice/mode/options";
import { type Command, Option } from "commander";
import type { EnvironmentOptions } from "../environment/environment-layer.js";
import type { EnvironmentPlan } from "../environment/environment-plan.js";
import { planEnvironment } from "../environment/plan-environment.js";
import { readEnvFiles } from "./read-env-files.js";

/** Options of every command that deals with the environment a process would get. */
export interface EnvironmentCommandOptions {
  readonly envFile: readonly string[];
  readonly strict?: true;
  readonly pristine?: true;
  readonly preserveEnv?: true;
  readonly prefix?: string;
}

/** Adds what the commands have in common that fill an environment. */
export function addEnvironmentOptions(command: Command): Command {
  return command
    .addOption(envFileOption())
    .option("--strict", "fill only variables that are there and hold a reference or the mark secret://")
    .option("--preserve-env", "keep plain values that the environment has already")
    .addOption(new Option("--prefix <text>", "put this before the name of each variable that is added"));
}

/** Plans the environment from what is inherited, the configuration's `env:` and env files, in this order. */
export async function planFrom(
  context: ModeContext,
  config: LoadedConfig,
  inherited: Readonly<Record<string, string>>,
  options: EnvironmentCommandOptions,
): Promise<EnvironmentPlan> {
  const configured = Object.entries(config.env).map(([name, variable]) => ({ name, ...variable }));
  const added = [...configured, ...(await readEnvFiles(context.directory, options.envFile))];
  return planEnvironment({ inherited, added }, environmentOptions(options));
}

function environmentOptions({
  strict,
  pristine,
  preserveEnv,
  prefix,
}: EnvironmentCommandOptions): EnvironmentOptions {
  return {
    strict: strict ?? false,
    pristine: pristine ?? false,
    preserve: preserveEnv ?? false,
    ...(prefix !== undefined && { prefix }),
  };
}
