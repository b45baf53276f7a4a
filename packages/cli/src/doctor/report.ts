import {
  firstToMend,
  formatReference,
  type ResolutionFailure,
  type SecretReference,
  UnknownStoreError,
} from "@sluice/core";
import { type Output, EXIT_CODES } from "@sluice/mode";
import { type DataFormat, printData } from "@sluice/mode/output";
import type { Finding } from "./finding.js";

const MARKS = { ok: "ok", warning: "WARNING", failed: "FAILED" } as const;

/** Faults that concern no configured store: malformed references, and stores that are not there. */
export function strayFindings(
  faults: readonly ResolutionFailure[],
  references: readonly SecretReference[],
  stores: readonly string[],
): Finding[] {
  const common = { aspect: "reference", status: "failed", kind: "configuration" } as const;
  const malformed = faults.map(({ label, origin, message = "cannot be read", remedy = "Correct it" }) => ({
    ...common,
    store: "-",
    message: `${label} (${origin}) ${message}`,
    remedy,
  }));
  const unknown = references
    .filter(({ store }) => !stores.includes(store))
    .map((reference) => {
      const { remedy } = new UnknownStoreError(reference.store, stores);
      return {
        ...common,
        store: reference.store,
        message: `${formatReference(reference)} names no configured store`,
        remedy,
      };
    });
  return [...malformed, ...unknown];
}

export async function printFindings(
  output: Output,
  format: DataFormat,
  findings: readonly Finding[],
): Promise<void> {
  const columns = ["store", "check", "status", "finding", "what to do"] as const;
  const rows = findings.map(({ store, aspect, status, message, remedy = "" }) => ({
    store,
    check: aspect,
    status: MARKS[status],
    finding: message,
    "what to do": remedy,
  }));
  const data = findings.map(({ store, aspect, status, message, remedy }) => ({
    store,
    aspect,
    status,
    message,
    remedy,
  }));
  await printData(output, format, data, { columns, rows });
}

/** 0 unless something failed; then the code of what should be mended first. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const failed = findings.filter(({ status }) => status === "failed");
  if (failed.length === 0) return 0;
  return EXIT_CODES[firstToMend(failed.map(({ kind = "unavailable" }) => kind))];
}
