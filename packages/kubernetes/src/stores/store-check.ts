import { type CheckResult, SluiceError, thrownName } from "@sluice/core";
import { KubernetesError } from "../errors/kubernetes-error.js";

/** Whether a store can be read from, and why not. Never a value. */
export interface StoreCheck {
  readonly ready: boolean;
  /** One CamelCase word for programs. */
  readonly reason: string;
  /** For people; cut after 1024 characters. */
  readonly message: string;
}

/** What a provider found out, as a check of its store: ready when nothing failed. */
export function storeCheckOf({ findings }: CheckResult): StoreCheck {
  const failed = findings.filter(({ status }) => status === "failed");
  const warnings = findings.filter(({ status }) => status === "warning");
  const told = failed.length > 0 ? failed : warnings;
  const lines = told.map(({ aspect, message, remedy }) =>
    [`${aspect}: ${message}`, ...(remedy === undefined ? [] : [remedy])].join(". "),
  );
  if (failed.length > 0) return { ready: false, reason: "CheckFailed", message: lines.join("; ") };
  if (warnings.length > 0) return { ready: true, reason: "Warnings", message: lines.join("; ") };
  return { ready: true, reason: "Checked", message: "The store answers" };
}

/** What a check that threw comes to. A foreign error's message is dropped, for it may quote. */
export function failedCheck(thrown: unknown): StoreCheck {
  const isOurs = SluiceError.isInstance(thrown) || KubernetesError.isInstance(thrown);
  const message = isOurs ? thrown.message : `The check failed (${thrownName(thrown)})`;
  return { ready: false, reason: "CheckFailed", message };
}

const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const MOST_MESSAGE = 1024;

/** A check as a condition and an event may hold it, whatever a provider says. */
export function tidyCheck({ ready, reason, message }: StoreCheck): StoreCheck {
  return {
    ready,
    reason: REASON.test(reason) && reason.length <= 128 ? reason : "Unspecified",
    message: message
      .replaceAll(/[\p{Cc}\p{Cs}]+/gu, " ")
      .slice(0, MOST_MESSAGE)
      .toWellFormed(),
  };
}
