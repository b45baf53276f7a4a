import type { BigIntStats } from "node:fs";
import type { CheckFinding, Failure } from "@sluice/core";

/** Nothing is wrong with this aspect. */
export function okFinding(aspect: string, message: string): CheckFinding {
  return { aspect, status: "ok", message };
}

/** What a failure of the store means for an aspect of it. */
export function failedFinding(aspect: string, failure: Failure): CheckFinding {
  return {
    aspect,
    status: "failed",
    failure: failure.status,
    message: `The store ${failure.message ?? `fails (${failure.reason})`}`,
    remedy: failure.remedy ?? "Check the store's path",
  };
}

/**
 * Warns of files that others than their owner can use; silent on Windows, whose modes say nothing of rights.
 *
 * @param files by their paths
 */
export function permissionFindings(
  files: ReadonlyMap<string, Pick<BigIntStats, "mode">>,
  remedy: string,
): readonly CheckFinding[] {
  if (process.platform === "win32") return [];
  const open = Array.from(files).filter(([, { mode }]) => (mode & 0o077n) !== 0n);
  const [first] = open;
  if (first === undefined) return [okFinding("permissions", "Only the owner has access")];
  const others = open.length > 1 ? ` and ${open.length - 1} more` : "";
  const message = `${first[0]}${others} can be used by others than the owner`;
  return [{ aspect: "permissions", status: "warning", message, remedy }];
}
