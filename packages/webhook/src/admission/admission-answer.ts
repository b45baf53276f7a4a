import type { DialectProblem } from "@sluice/core/dialect";
import type { PatchOperation } from "@sluice/core/mutation";

/** What becomes of a request. It always has a message. */
export type AdmissionAnswer = AllowedAnswer | DeniedAnswer;

/** The request is allowed, perhaps changed. */
export interface AllowedAnswer extends ReadDialects {
  readonly allowed: true;
  readonly message: string;
  readonly warnings: readonly string[];
  /** Empty where nothing is changed. */
  readonly patch: readonly PatchOperation[];
}

/** The request is denied, with every reason and its remedy. */
export interface DeniedAnswer extends ReadDialects {
  readonly allowed: false;
  readonly message: string;
  readonly warnings: readonly string[];
  readonly problems: readonly DialectProblem[];
  /** As in HTTP, and the word that Kubernetes has for it. */
  readonly code: number;
  readonly reason: string;
}

interface ReadDialects {
  /** Notations that were found in the pod; for metrics. */
  readonly dialects?: readonly string[];
}

/** Bounds of what is told: Kubernetes shortens warnings that are longer, and drops them beyond 4,096 in all. */
const MOST_MESSAGE = 8_000;
const MOST_PROBLEMS = 100;
const MOST_WARNING = 256;
const MOST_WARNINGS = 10;

/** Allows a request, with what is to be changed and what clients are to be warned of. */
export function allow(
  message: string,
  patch: readonly PatchOperation[] = [],
  warnings: readonly string[] = [],
): AllowedAnswer {
  return { allowed: true, message, warnings: bounded(warnings), patch };
}

/** Denies with every problem and what to do about it. */
export function deny(
  problems: readonly DialectProblem[],
  { code = 422, reason = "Invalid" }: { readonly code?: number; readonly reason?: string } = {},
): DeniedAnswer {
  return { allowed: false, message: listed(problems), warnings: [], problems, code, reason };
}

function listed(problems: readonly DialectProblem[]): string {
  const lines = problems.slice(0, MOST_PROBLEMS).map(({ problem, remedy }) => `${problem}. ${remedy}.`);
  const whole = `sluice: ${lines.join(" | ")}`;
  if (whole.length <= MOST_MESSAGE && problems.length <= MOST_PROBLEMS) return whole;
  const note = ` … (${problems.length} problems in all)`;
  return whole.slice(0, MOST_MESSAGE - note.length) + note;
}

function bounded(warnings: readonly string[]): string[] {
  return warnings
    .slice(0, MOST_WARNINGS)
    .map((warning) => `sluice: ${warning}`.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, MOST_WARNING));
}
