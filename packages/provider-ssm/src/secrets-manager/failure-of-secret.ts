import type { Failure } from "@sluice/core";
import { errorName, failureNamed, failureOf } from "../failure/failure-of.js";

/**
 * Scheduled for deletion. Its owner has deleted it, so it is not there any more; AWS tells it from other senseless
 * requests by the message only, which is looked at and not passed on.
 */
const DELETED: Failure = {
  status: "not-found",
  reason: "scheduled-for-deletion",
  message: "is deleted, and can be restored for some days",
  remedy: "Restore it with `aws secretsmanager restore-secret`, if it is still wanted",
};

/** What an error of a call about one secret means. */
export function failureOfSecret(error: unknown): Failure {
  return meansDeleted(errorName(error), messageOf(error)) ? DELETED : failureOf(error);
}

function messageOf(error: unknown): string | undefined {
  const message: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "message") : undefined;
  return typeof message === "string" ? message : undefined;
}

/** What an error that a batch names for one of its secrets means. */
export function failureOfItem(code: string | undefined, message: string | undefined): Failure {
  const name = code !== undefined && /^[A-Za-z]{1,100}$/.test(code) ? code : "unknown-error";
  return meansDeleted(name, message)
    ? DELETED
    : failureNamed(name, CLIENT_ERROR.test(name) ? 400 : undefined);
}

/** Services name their own faults like this; whatever else is wrong with an item is wrong with what was asked. */
const CLIENT_ERROR = /^(?!Internal|Service|unknown-error)/;

function meansDeleted(name: string, message: string | undefined): boolean {
  return name === "InvalidRequestException" && /delet/i.test(message ?? "");
}

/** Whether a failure says that the secret is scheduled for deletion. */
export function isDeleted({ reason }: Failure): boolean {
  return reason === DELETED.reason;
}
