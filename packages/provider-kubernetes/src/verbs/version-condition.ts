import type { Failure } from "@sluice/core";

/** Whether a resource version can be this; "0" and the empty one mean any to the API, and are never found. */
export function isVersion(text: string): boolean {
  return /^[1-9]\d*$/.test(text);
}

/** The version that was to be written over, or deleted, is not there. */
export const VERSION_CHANGED: Failure = {
  status: "conflict",
  reason: "version-changed",
  message: "is not at that version any more",
  remedy: "Read it again, and decide anew",
};
