import { SluiceError } from "@sluice/core";

/** Something about a manifest, and where. */
export interface ManifestIssue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly problem: string;
  readonly remedy: string;
}

/** `SLU1401`: manifests ask for what pods cannot be given. Lists every problem found. */
export class ManifestError extends SluiceError {
  override readonly name = "ManifestError";
  readonly issues: readonly ManifestIssue[];

  constructor(issues: readonly ManifestIssue[]) {
    super({
      code: "SLU1401",
      kind: "configuration",
      problem: `${issues.length} ${issues.length === 1 ? "problem" : "problems"} in manifests`,
      remedy: "Correct each",
    });
    this.issues = issues;
  }
}
