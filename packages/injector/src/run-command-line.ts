import { createEventBus, createSecretResolver } from "@sluice/core";
import type { ModeContext, Output } from "@sluice/mode";
import { CommanderError } from "commander";
import { createProgram } from "./create-program.js";
import type { InjectorOptions } from "./injector-options.js";
import { createDescriptorOutput } from "./output/descriptor-output.js";

/** What a process knows of itself when it starts a command line. */
export interface MainOptions {
  /** What `readStdioModes` of `@sluice/runner/stdio-modes` said before anything else was loaded. */
  readonly stdio?: ModeContext["stdio"];
  /** Where it writes; descriptors 1 and 2 by default. */
  readonly output?: Output;
}

/** An injector's options, by which its command line goes. */
export type InjectorParts = InjectorOptions & { readonly name: string };

/** As sysexits.h has it. */
const USAGE = 64;

/** Runs a command and gives its exit code. */
export async function runCommandLine(
  parts: InjectorParts,
  argv: readonly string[],
  { stdio = [], output = createDescriptorOutput(process.env) }: MainOptions,
): Promise<number> {
  const { name, version = ownVersion } = parts;
  const environment = process.env;
  let code = 0;
  const report: ModeContext["report"] = async (thrown, consequence) => {
    const { reportError } = await import("./output/report-error.js");
    return reportError({ name, output }, thrown, consequence);
  };
  try {
    await using composed = await compose(parts);
    const context: ModeContext = {
      ...composed,
      name,
      version: async () => (typeof version === "string" ? version : version()),
      environment,
      directory: process.cwd(),
      output,
      stdio,
      exitWith: (exitCode) => (code = exitCode),
      report,
    };
    if (argv[0] === "--version") output.print(`${await context.version()}\n`);
    else await (await createProgram(parts, context, argv[0])).parseAsync(argv, { from: "user" });
    return code;
  } catch (thrown) {
    // Commander has said what is wrong, or shown its help.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : USAGE;
    return report(thrown);
  }
}

/** The parts as they are; or, where modules change them, as a container holds them, which is loaded only then. */
async function compose({ providers = [], dialects = [], strategies = [], modules = [] }: InjectorParts) {
  if (modules.length > 0) {
    const { composeParts } = await import("./di/compose-parts.js");
    return composeParts({ providers, dialects, strategies }, modules);
  }
  return {
    providers,
    dialects,
    strategies,
    createEvents: () => createEventBus(),
    createResolver: createSecretResolver,
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  };
}

async function ownVersion(): Promise<string> {
  const { packageVersion } = await import("./package-version.js");
  return packageVersion();
}
