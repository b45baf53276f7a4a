import { SluiceError } from "@sluice/core";

/** Something about a file of annotations. */
export interface KeesIssue {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly problem: string;
  readonly remedy: string;
}

/** `SLU1401`: annotations ask for what cannot be given. Lists every problem found. */
export class KeesError extends SluiceError {
  override readonly name = "KeesError";
  readonly issues: readonly KeesIssue[];

  constructor(issues: readonly KeesIssue[]) {
    super({
      code: "SLU1401",
      kind: "configuration",
      problem: issues
        .map(({ file, line, problem }) => `${[file, line].filter(Boolean).join(":")}: ${problem}`)
        .join("; "),
      remedy: issues.length === 1 ? (issues[0]?.remedy ?? "Correct it") : "Correct each",
    });
    this.issues = issues;
  }
}
