import type { Failure } from "@sluice/core";
import type { WantedEntry } from "../wanted/wanted-secret.js";
import type { GenerationFailure } from "./secret-outcome.js";

/** Why a secret is not whole, but for what was written of it all the same. */
export type GenerationProblem = Omit<GenerationFailure, "status" | "paths">;

/** A family of which a part is gone that does not follow from the others. */
export function incomplete(path: string, what: string): GenerationProblem {
  return {
    reason: "incomplete",
    message: `${path} ${what}`,
    remedy:
      "Restore what is missing from a backup, or delete all members of the family, which makes a new one",
  };
}

/** A member that stands and is not what it ought to be. */
export function unreadable(path: string, what: string): GenerationProblem {
  return {
    reason: "unreadable",
    message: `${path} ${what}`,
    remedy: "It was not written by a generator with these settings: correct them, or the value",
  };
}

/** A path that was there when it was written, and was not when it was read. */
export function vanished({ path, members }: WantedEntry): GenerationProblem {
  if (members.some(({ key }) => key !== undefined))
    return incomplete(path, "is there, and lacks fields of its family");
  return {
    reason: "unsteady",
    message: `${path} was there a moment ago and cannot be read`,
    remedy: "It is tried again; if that does not help, see who deletes it",
  };
}

/** What a store said about a path. */
export function storeProblem(store: string, path: string, failure: Failure): GenerationProblem {
  const { status, reason, message, remedy, retryAfterMs } = failure;
  return {
    reason,
    message: `${path} of store ${store} ${message ?? `is ${status} (${reason})`}`,
    remedy: remedy ?? "Check the store's configuration and the rights of the generator",
    store: status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** A path that could not be written. */
export function notWritten(store: string, path: string, failure: Failure): GenerationProblem {
  const problem = storeProblem(store, path, failure);
  if (failure.status !== "unsupported") return problem;
  return {
    ...problem,
    message: `${path} of store ${store} cannot be created: it ${failure.message ?? failure.reason}`,
    remedy:
      "Use a store that can write on the condition that nothing is there; where only one generator writes (--lead, --sole-writer), one that can write",
  };
}
