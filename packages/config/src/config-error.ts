import { type ErrorCode, hasErrorCode, SluiceError } from "@sluice/core";

/** One fault of a configuration file. */
export interface ConfigIssue {
  /** The file as it was named or found. */
  readonly file: string;
  /** From 1; absent where a module's values, not its text, are at fault. */
  readonly line?: number;
  readonly column?: number;
  readonly problem: string;
  readonly remedy: string;
}

type ConfigErrorCode = Extract<ErrorCode, `SLU11${string}`>;

/** `SLU1101` to `SLU1105`: the configuration cannot be used. Lists every fault found. */
export class ConfigError extends SluiceError {
  override readonly name = "ConfigError";
  readonly issues: readonly ConfigIssue[];

  constructor(code: ConfigErrorCode, issues: readonly [ConfigIssue, ...ConfigIssue[]]) {
    super({
      code,
      kind: "configuration",
      problem: issues.map((issue) => `${formatPosition(issue)}: ${issue.problem}`).join("; "),
      remedy: issues.length === 1 ? issues[0].remedy : "Correct each",
    });
    this.issues = issues;
  }

  static override isInstance(value: unknown): value is ConfigError {
    return (
      hasErrorCode(value, "SLU1101") ||
      hasErrorCode(value, "SLU1102") ||
      hasErrorCode(value, "SLU1103") ||
      hasErrorCode(value, "SLU1104") ||
      hasErrorCode(value, "SLU1105")
    );
  }
}

/** `FILE:LINE:COLUMN`, as editors and terminals link it. */
export function formatPosition({
  file,
  line,
  column,
}: Pick<ConfigIssue, "file" | "line" | "column">): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":");
}
