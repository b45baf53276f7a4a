/** A variable as somebody wrote it: plain text, a reference, or text with references in it. */
export interface WrittenVariable {
  readonly name: string;
  readonly text: string;
  /** Where it stands, for people: `sluice.yaml:7`, `.env:3`, `environment`. Never its text. */
  readonly origin: string;
}

/** What an environment is made of. */
export interface EnvironmentSources {
  /** What this process was started with. */
  readonly inherited: Readonly<Record<string, string>>;
  /** What is laid over it; a later variable replaces an earlier one of its name. */
  readonly added: readonly WrittenVariable[];
}

/** Which variables are filled, and which a command sees. */
export interface EnvironmentOptions {
  /**
   * Fill only variables that are present and marked: their value is a reference, or `secret://` alone, which
   * takes what the configuration or an env file says for that name. A mark that nothing fills is a fault.
   */
  readonly strict?: boolean;
  /** Leave out inherited variables that are plain. */
  readonly pristine?: boolean;
  /** An inherited plain value is not replaced. */
  readonly preserve?: boolean;
  /** Put before the name of every added variable. */
  readonly prefix?: string;
  /** Names differ by case except on Windows; the present platform by default. */
  readonly platform?: NodeJS.Platform;
}
