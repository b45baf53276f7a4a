import type { RegisteredProvider } from "@sluice/core";
import type { StdioModes } from "@sluice/runner";
import { CommanderError } from "commander";
import { BUILT_IN_PROVIDERS } from "./built-in-providers.js";
import type { CliContext } from "./cli-context.js";
import { createProgram } from "./create-program.js";
import { EXIT_CODES } from "./exit-code.js";
import { createDescriptorOutput } from "./output/descriptor-output.js";

/** What the command line is started with. */
export interface MainOptions {
  /** Arguments without the interpreter and the script. */
  readonly argv: readonly string[];
  /** What `readStdioModes` said before anything else was loaded. */
  readonly stdio?: StdioModes;
  /** Providers that `sluice.yaml` can name; those of the reference distribution when absent. */
  readonly providers?: readonly RegisteredProvider[];
}

/** Runs the command line and returns the exit code. Does not return when `run` becomes its command. */
export async function main({
  argv,
  stdio = [],
  providers = BUILT_IN_PROVIDERS,
}: MainOptions): Promise<number> {
  const environment = process.env;
  const output = createDescriptorOutput(environment);
  let code = 0;
  const context: CliContext = {
    providers,
    environment,
    directory: process.cwd(),
    output,
    stdio,
    exitWith: (exitCode) => (code = exitCode),
  };
  try {
    if (argv[0] === "--version") {
      const { packageVersion } = await import("./commands/version-command.js");
      output.print(`${await packageVersion()}\n`);
    } else await (await createProgram(context, argv[0])).parseAsync(argv, { from: "user" });
    return code;
  } catch (thrown) {
    // Commander has said what is wrong, or shown its help.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_CODES.usage;
    const { reportError } = await import("./output/report-error.js");
    return reportError(output, thrown, argv[0] === "run" ? "; the command was not started" : "");
  }
}
