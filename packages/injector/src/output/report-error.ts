import { ResolutionError, type ResolutionFailure, SluiceError } from "@sluice/core";
import { EXIT_CODES, type ModeContext } from "@sluice/mode";
import { formatTable } from "@sluice/mode/output";

/** Who speaks, and where. */
type Reporter = Pick<ModeContext, "name" | "output">;

/** Explains a failure on standard error and returns the exit code for it. Shows no value. */
export function reportError({ name, output }: Reporter, thrown: unknown, consequence = ""): number {
  if (ResolutionError.isInstance(thrown)) reportFailures({ name, output }, thrown.failures, consequence);
  else if (SluiceError.isInstance(thrown)) reportSluiceError({ name, output }, thrown, consequence);
  else {
    // Not one of ours, so its message may quote anything.
    const frames = thrown instanceof Error ? (thrown.stack?.match(/^\s+at .*$/gm) ?? []) : [];
    const what = thrown instanceof Error ? thrown.name : typeof thrown;
    output.note(
      [`${name}: ${what}: this is a fault of Sluice; please report it with these lines:`, ...frames].join(
        "\n",
      ),
    );
  }
  if (!SluiceError.isInstance(thrown)) return EXIT_CODES.bug;
  // For people only: what reads a log knows the code.
  if (output.notesToTerminal) output.note(`${name}: ${name} help ${thrown.code} says more`);
  return EXIT_CODES[thrown.kind];
}

function reportSluiceError({ name, output }: Reporter, error: SluiceError, consequence: string): void {
  const { code, remedy } = error;
  const issues: unknown = Reflect.get(error, "issues");
  const lines = isIssueList(issues)
    ? issues.map(({ file, line, column, problem, remedy: how }) => {
        const position = [file, line, line === undefined ? undefined : column].filter(
          (part) => part !== undefined,
        );
        return `${position.join(":")}: ${problem}\n  → ${how}`;
      })
    : [`${error.problem}${consequence}\n  → ${remedy}`];
  output.note(lines.map((line) => `${name}: ${code}: ${line}`).join("\n"));
}

interface Issue {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly problem: string;
  readonly remedy: string;
}

function isIssueList(issues: unknown): issues is readonly Issue[] {
  return Array.isArray(issues);
}

function reportFailures(
  { name, output }: Reporter,
  failures: readonly ResolutionFailure[],
  consequence: string,
): void {
  const count = failures.length === 1 ? "A reference" : `${failures.length} references`;
  const rows = failures.map((failure) => ({
    variable: failure.label === failure.reference ? "-" : failure.label,
    from: failure.origin ?? "-",
    store: failure.store ?? "-",
    reference: failure.reference,
    problem: failure.message ?? `${failure.status} (${failure.reason})`,
    "what to do": failure.remedy ?? "Check the reference and its store",
  }));
  const columns = (["variable", "from", "store", "reference", "problem", "what to do"] as const).filter(
    (column) => rows.some((row) => row[column] !== "-"),
  );
  output.note(`${name}: SLU2001: ${count} could not be resolved${consequence}.\n`);
  output.note(formatTable(columns, rows, output.columns));
}
