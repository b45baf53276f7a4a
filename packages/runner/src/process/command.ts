/** What to start, finished: nothing is added to it and nothing taken away. */
export interface Command {
  /** As the user typed it: a name to look up, or a path when it has a slash. Becomes `argv[0]`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Exactly what the command sees. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories to look the command up in. Default: the `PATH` of {@link env}, as env(1) does. */
  readonly path?: string | undefined;
}
