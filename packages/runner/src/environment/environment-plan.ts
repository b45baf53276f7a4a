import type { ResolutionFailure, TemplatePart } from "@sluice/core";

/** What an environment will be, before anything is read. */
export interface EnvironmentPlan {
  readonly variables: readonly PlannedVariable[];
  /** Variables whose text cannot be read as it stands. */
  readonly faults: readonly ResolutionFailure[];
}

/** A variable before its references are filled. */
export interface PlannedVariable {
  readonly name: string;
  /** Literal text and references, in order; plain text is one literal. May hold a secret written in plain. */
  readonly parts: readonly TemplatePart[];
  readonly origin: string;
  readonly rule: Rule;
  /** What it replaces, nearest first. */
  readonly replaces: readonly string[];
}

/** Why a variable has the text it has. */
export type Rule = "inherited" | "added" | "preserved" | "marked";

/** Whether a variable takes anything from a store. */
export function hasReferences({ parts }: PlannedVariable): boolean {
  return parts.some((part) => typeof part !== "string");
}
