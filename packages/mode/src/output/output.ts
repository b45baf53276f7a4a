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
