import type { RegisteredProvider } from "@sluice/core";
import type { StdioModes } from "@sluice/runner";

/** What every command works with. */
export interface CliContext {
  /** Providers that configurations can name. */
  readonly providers: readonly RegisteredProvider[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute working directory. */
  readonly directory: string;
  readonly output: Output;
  /** Standard streams as they were at start-up. */
  readonly stdio: StdioModes;
  /** Aborts when a command that runs beside others is to stop with them. */
  readonly stopped?: AbortSignal;
  /** Ends with this code when the command is done; 0 when it is never called. */
  readonly exitWith: (code: number) => void;
}

/** Standard streams, written without opening Node's own, which would change them for whoever has them next. */
export interface Output {
  /** Writes to standard output: what was asked for, and nothing else. */
  print(text: string | Uint8Array): void;
  /** Writes a line for people to standard error. */
  note(line: string): void;
  /** Replaces the line the cursor is on; for terminals only. */
  status(line: string): void;
  readonly printsToTerminal: boolean;
  readonly notesToTerminal: boolean;
  /** Width of the terminal in columns; `Infinity` where there is none. */
  readonly columns: number;
  /** Whether standard error may be coloured. */
  readonly colour: boolean;
}
