import type { createSecretResolver, EventBus, RegisteredProvider } from "@sluice/core";
import type { RegisteredDialect } from "@sluice/core/dialect";
import type { RegisteredStrategy } from "@sluice/core/mutation";
import type { ManagementShare } from "@sluice/service";
import type { Output } from "./output/output.js";

/** What every command works with: the parts that an injector is composed of, and the process it runs in. */
export interface ModeContext {
  /** Of the program, as its users call it. */
  readonly name: string;
  /** Version of the program. */
  readonly version: () => Promise<string>;
  /** Providers that configurations can name. */
  readonly providers: readonly RegisteredProvider[];
  /** Notations of pods that settings can name; the first that knows a variable reads it. */
  readonly dialects: readonly RegisteredDialect[];
  /** Ways to change pods. */
  readonly strategies: readonly RegisteredStrategy[];
  /** Makes the events of one resolver, or of one mode. */
  readonly createEvents: () => EventBus;
  readonly createResolver: typeof createSecretResolver;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute working directory. */
  readonly directory: string;
  readonly output: Output;
  /** Whether descriptors 0, 1 and 2 were non-blocking at start-up; `undefined` where that is not known. */
  readonly stdio: readonly (boolean | undefined)[];
  /** Where probes and metrics are told that several modes tell together; unless a mode is given an address of its own. */
  readonly management?: ManagementShare;
  /** Aborts when a command that runs beside others is to stop with them. */
  readonly stopped?: AbortSignal;
  /** Ends with this code when the command is done; 0 when it is never called. */
  readonly exitWith: (code: number) => void;
  /** Explains a failure on standard error, and gives the exit code for it. Shows no value. */
  readonly report: (thrown: unknown, consequence?: string) => Promise<number>;
}
