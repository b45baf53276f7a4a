/** What to hand to `spawn`. */
export interface Launch {
  readonly file: string;
  readonly argv0: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Windows: `args` are quoted already. */
  readonly verbatim: boolean;
}
