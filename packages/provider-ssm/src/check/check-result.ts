import type { CheckFinding, CheckResult, Failure, ProviderContext } from "@sluice/core";
import { failureOf, mayDifferByItem } from "../failure/failure-of.js";

const REMEDY = "Check the store's configuration";

/**
 * Findings from one cheap call that needs `permission`: whether the store is reached, and knows us. Rejects only
 * when it is aborted.
 */
export async function checkResult(
  permission: string,
  { signal }: Pick<ProviderContext, "signal">,
  probe: (observed: (time: number) => void) => Promise<void>,
): Promise<CheckResult> {
  let storeTime: number | undefined;
  const findings = await probe((time) => {
    storeTime = time;
  }).then(
    () => findingsOf(permission, undefined),
    (error: unknown) => {
      signal.throwIfAborted();
      return findingsOf(permission, failureOf(error));
    },
  );
  return { findings, ...(storeTime !== undefined && { storeTime }) };
}

/** What a probe that ended with `failure`, or without one, tells of the store. */
export function findingsOf(permission: string, failure: Failure | undefined): readonly CheckFinding[] {
  const reachable: CheckFinding = { aspect: "reachable", status: "ok", message: "AWS answers" };
  const authenticated: CheckFinding = { aspect: "authenticated", status: "ok", message: "AWS knows us" };
  if (!failure) return [reachable, authenticated];
  const remedy = failure.remedy ?? REMEDY;
  const message = `The store ${failure.message ?? "cannot be used"} (${failure.reason})`;
  if (failure.status === "throttled") return [{ aspect: "reachable", status: "warning", message, remedy }];
  const aspect = failure.status === "unavailable" ? "reachable" : "authenticated";
  if (failure.status === "denied" && mayDifferByItem(failure))
    // Reading single secrets may be allowed all the same, and is what matters.
    return [
      reachable,
      authenticated,
      {
        aspect: "listing",
        status: "warning",
        message: "We may not list the store",
        remedy: `Allow ${permission}, unless nothing shall be listed`,
      },
    ];
  return [{ aspect, status: "failed", failure: failure.status, message, remedy }];
}
