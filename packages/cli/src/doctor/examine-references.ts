import { failureKind, type ReferenceOutcome } from "@sluice/core";
import type { Finding } from "./finding.js";

/** Secrets that expire within this time are mentioned, in milliseconds: two weeks. */
const SOON_MS = 14 * 24 * 3_600_000;

/** What reading the references of one store says: which cannot be read, which expire soon. Values are not looked at. */
export function examineReferences(
  store: string,
  outcomes: readonly ReferenceOutcome[],
  now: number,
): Finding[] {
  const readable = outcomes.filter(({ status }) => status === "found").length;
  const summary: Finding = {
    store,
    aspect: "readable",
    status: "ok",
    message: `${readable} of the ${outcomes.length} references to it can be read`,
  };
  const details = outcomes.flatMap((outcome) => examineOutcome(store, outcome, now));
  return readable === outcomes.length ? [summary, ...details] : details;
}

function examineOutcome(store: string, outcome: ReferenceOutcome, now: number): Finding[] {
  const { reference } = outcome;
  if (outcome.status !== "found") {
    const message = `${reference} ${outcome.message ?? `is ${outcome.status} (${outcome.reason})`}`;
    const remedy = outcome.remedy ?? "Check the reference and what the store grants";
    return [{ store, aspect: "readable", status: "failed", message, remedy, kind: failureKind(outcome) }];
  }
  if (outcome.expiresAt === undefined || outcome.expiresAt - now > SOON_MS) return [];
  const on = new Date(outcome.expiresAt).toISOString().slice(0, 10);
  return [
    {
      store,
      aspect: "expiry",
      status: "warning",
      message: `${reference} expires on ${on}`,
      remedy: "Renew it in its store",
    },
  ];
}
