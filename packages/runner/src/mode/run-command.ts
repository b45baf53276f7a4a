import type { ModeContext } from "@sluice/mode";
import { configOption, requestOf, timeoutOption } from "@sluice/mode/options";
import { type Command, InvalidArgumentError, Option } from "commander";
import { becomeInit } from "../process/become-init.js";
import { initialEnvironment } from "../process/initial-environment.js";
import { parseWatchMode, type WatchMode } from "../run/watch-mode.js";
import { addEnvironmentOptions, type EnvironmentCommandOptions, planFrom } from "./environment-options.js";

interface RunCommandOptions extends EnvironmentCommandOptions {
  readonly config?: string;
  readonly timeout?: number;
  readonly watch?: WatchMode;
  readonly dryRun?: true;
  readonly masking: boolean;
}

/** `sluice run`: fills an environment and becomes the command. */
export function buildRunCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Fills references in the environment, in the configuration's env: and in env files, then becomes the\n" +
        "command: same process id, exit code and signals. With one reference unresolved nothing is started.",
    )
    .argument("<command>", "what to start, after -- if it has options")
    .argument("[args...]", "its arguments")
    .passThroughOptions();
  addEnvironmentOptions(command)
    .option("--pristine", "let the command see only variables that are added or hold a reference")
    .addOption(
      new Option("--watch <mode>", "stay, and on a change: restart, signal:NAME or none").argParser(readMode),
    )
    .option("--dry-run", "read everything, show what the command would get, and start nothing")
    .option("--no-masking", "show values in a dry run")
    .addOption(configOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      `\nExamples:\n  ${context.name} run -- ./server --port 8080\n  ${context.name} run --env-file prod.env --pristine -- env\n  ${context.name} run --watch restart -- ./server`,
    )
    .action(async (file: string, args: string[], options: RunCommandOptions) => {
      const code = run(context, file, args, options).catch(async (thrown: unknown) =>
        context.report(thrown, "; the command was not started"),
      );
      context.exitWith(await code);
    });
}

async function run(
  context: ModeContext,
  file: string,
  args: string[],
  options: RunCommandOptions,
): Promise<number> {
  const { stdio, output } = context;
  const note = (text: string): void => output.note(`${context.name}: ${text}`);
  // As PID 1 this may begin again below a reaper of orphans: before anything has effects.
  const warning = options.watch && becomeInit(stdio);
  if (warning !== undefined) note(warning);

  const [{ openStores }, { runCommand }] = await Promise.all([
    import("@sluice/mode/stores"),
    import("../run/run-command.js"),
  ]);
  const inherited = initialEnvironment();
  const { config, resolver } = await openStores(context, options.config);
  const plan = await planFrom(context, config, inherited, options);
  const request = requestOf(options);
  if (options.dryRun) {
    const { showEnvironment } = await import("./show-environment.js");
    await showEnvironment({ output, plan, resolver, request, masked: options.masking });
    return 0;
  }
  const { PATH: path } = inherited;
  return runCommand({
    command: file,
    args,
    plan,
    resolver,
    request,
    stdio,
    onNotice: note,
    ...(path !== undefined && { path }),
    ...(options.watch !== undefined && { watch: options.watch }),
  });
}

function readMode(text: string): WatchMode {
  const mode = parseWatchMode(text);
  if (mode === undefined)
    throw new InvalidArgumentError("Write restart, none, or signal:NAME such as signal:HUP.");
  return mode;
}
