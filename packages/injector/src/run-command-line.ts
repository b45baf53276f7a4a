import { createEventBus, createSecretResolver } from "@sluice/core";
import type { ModeContext } from "@sluice/mode";
import { CommanderError } from "commander";
import { createProgram } from "./create-program.js";
import type { InjectorOptions } from "./injector-options.js";
import { createDescriptorOutput } from "./output/descriptor-output.js";

/** What a process knows of itself when it starts a command line. */
export interface MainOptions {
  /** What `readStdioModes` of `@sluice/runner/stdio-modes` said before anything else was loaded. */
  readonly stdio?: ModeContext["stdio"];
}

/** An injector's options, by which its command line goes. */
export type InjectorParts = InjectorOptions & { readonly name: string };

/** As sysexits.h has it. */
const USAGE = 64;

/** Runs a command and gives its exit code. */
export async function runCommandLine(
  parts: InjectorParts,
  argv: readonly string[],
  { stdio = [] }: MainOptions,
): Promise<number> {
  const { name, version = ownVersion, providers = [], dialects = [], strategies = [] } = parts;
  const environment = process.env;
  const output = createDescriptorOutput(environment);
  let code = 0;
  const report: ModeContext["report"] = async (thrown, consequence) => {
    const { reportError } = await import("./output/report-error.js");
    return reportError({ name, output }, thrown, consequence);
  };
  const context: ModeContext = {
    name,
    version: async () => (typeof version === "string" ? version : version()),
    providers,
    dialects,
    strategies,
    createEvents: () => createEventBus(),
    createResolver: createSecretResolver,
    environment,
    directory: process.cwd(),
    output,
    stdio,
    exitWith: (exitCode) => (code = exitCode),
    report,
  };
  try {
    if (argv[0] === "--version") output.print(`${await context.version()}\n`);
    else await (await createProgram(parts, context, argv[0])).parseAsync(argv, { from: "user" });
    return code;
  } catch (thrown) {
    // Commander has said what is wrong, or shown its help.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : USAGE;
    return report(thrown, argv[0] === "run" ? "; the command was not started" : "");
  }
}

async function ownVersion(): Promise<string> {
  const { packageVersion } = await import("./package-version.js");
  return packageVersion();
}
