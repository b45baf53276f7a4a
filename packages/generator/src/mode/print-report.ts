import { failureKind, type FailureStatus, firstToMend } from "@sluice/core";
import { type ModeContext, EXIT_CODES } from "@sluice/mode";
import { type DataFormat, printData } from "@sluice/mode/output";
import type { GeneratorReport } from "../engine/generator-report.js";

/** One thing that was asked for, and what became of it. */
export interface GeneratedRow {
  readonly status: "created" | "exists" | "failed" | "refused" | "skipped" | "claimed" | "released";
  readonly name: string;
  readonly store: string;
  /** Paths. */
  readonly place: string;
  /** For people: why not. */
  readonly note: string;
  /** What the store said, when it was the store. */
  readonly failure?: FailureStatus;
}

/** The rows of a report. */
export function rowsOfReport(report: GeneratorReport): GeneratedRow[] {
  return [
    ...report.created.map(({ name, store, paths }): GeneratedRow => ({
      status: "created",
      name,
      store,
      place: paths.join(" "),
      note: "",
    })),
    ...report.existing.map(({ name, store, places }): GeneratedRow => ({
      status: "exists",
      name,
      store,
      place: places.join(" "),
      note: "",
    })),
    ...report.failed.map(({ name, store, places, message, storeStatus }): GeneratedRow => ({
      status: "failed",
      name,
      store,
      place: places.join(" "),
      note: message,
      ...(storeStatus !== undefined && { failure: storeStatus }),
    })),
    ...report.claimed.map(({ pod, store, path }): GeneratedRow => ({
      status: "claimed",
      name: pod,
      store,
      place: path,
      note: "",
    })),
    ...report.released.map(({ pod, store, path }): GeneratedRow => ({
      status: "released",
      name: pod,
      store,
      place: path,
      note: "",
    })),
    ...report.leasesFailed.map(({ pod = "", store, prefix, reason }): GeneratedRow => ({
      status: "failed",
      name: pod,
      store,
      place: prefix,
      note: `has no number (${reason})`,
      failure: "unavailable",
    })),
    ...report.refused.map(({ subject, problem }): GeneratedRow => ({
      status: "refused",
      name: subject,
      store: "",
      place: "",
      note: problem,
    })),
  ];
}

/** Prints what was done, and ends with a code that tells whether that was all. */
export async function printReport(
  { name: program, output, exitWith }: ModeContext,
  rows: readonly GeneratedRow[],
  format: DataFormat,
): Promise<void> {
  const columns = ["status", "name", "store", "place"] as const;
  if (format !== "table" || rows.length > 0) await printData(output, format, rows, { columns, rows });
  for (const { status, name, note } of rows)
    if (note !== "" && status !== "skipped")
      output.note(`${program}: ${name === "" ? "" : `${name}: `}${note}`);
  const bad = rows.filter(({ status }) => status === "failed" || status === "refused");
  if (bad.length === 0) return;
  const kinds = bad.map(({ failure }) =>
    failure === undefined ? "configuration" : failureKind({ status: failure }),
  );
  exitWith(EXIT_CODES[firstToMend(kinds)]);
}
