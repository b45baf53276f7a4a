import type { RegisteredMode } from "@sluice/mode";
import type { InjectorOptions } from "./injector-options.js";
import { type MainOptions, runCommandLine } from "./run-command-line.js";

/** An injector: a command line that is composed of modes. */
export interface Injector {
  readonly name: string;
  readonly modes: readonly RegisteredMode[];
  /**
   * Runs the command that the arguments call, and gives its exit code. Does not return when `run` becomes its command.
   *
   * @param argv - As `process.argv` is: interpreter and script come first.
   */
  main(argv: readonly string[], options?: MainOptions): Promise<number>;
}

/** Wires an injector. Nothing is loaded or read before {@link Injector.main}. */
export function createInjector(options: InjectorOptions): Injector {
  const { name = "injector", modes } = options;
  return {
    name,
    modes,
    main: async (argv, mainOptions = {}) => runCommandLine({ ...options, name }, argv.slice(2), mainOptions),
  };
}
