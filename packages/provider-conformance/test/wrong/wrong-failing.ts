import type { FailureStatus, SecretProvider } from "@sluice/core";
import { SecretValue } from "@sluice/core";
import { ROOT } from "../reference/key-of.js";
import { found, outcomes, type Verbs, without, type WrongProviders } from "./wrong-provider.js";

type Resolve = SecretProvider["resolve"];

/** Takes one failure for another. */
const mistaking = (from: FailureStatus, status: string): Verbs =>
  outcomes((outcome) => (outcome.status === from ? { ...outcome, status } : outcome));

/** Gives what must not be given. */
const giving = (from: FailureStatus): Verbs =>
  outcomes((outcome, { id, path }, server) => {
    const content = server.secrets.get(ROOT + path)?.revisions.at(-1)?.content;
    return outcome.status === from && content instanceof Uint8Array
      ? { id, status: "found", value: SecretValue.fromBytes(content) }
      : outcome;
  });

export const WRONG_FAILING: WrongProviders = {
  "3.1": {
    "to whom the refused is missing": mistaking("denied", "not-found"),
    "to whom the store is down": mistaking("denied", "unavailable"),
  },
  "3.2": {
    "that gives it all the same": giving("disabled"),
    "to whom it is missing": mistaking("disabled", "not-found"),
    "with the value beside it": outcomes((outcome) =>
      outcome.status === "disabled" ? { ...outcome, value: SecretValue.fromText("value") } : outcome,
    ),
  },
  "3.3": {
    "that does not tell": found((outcome) => without(outcome, "expiresAt")),
    "to whom it is missing": found((outcome) =>
      outcome.expiresAt === undefined ? outcome : { id: outcome.id, status: "not-found", reason: "expired" },
    ),
  },
  "3.4": {
    "that makes something of it": giving("invalid"),
    "to whom the store is down": mistaking("invalid", "unavailable"),
  },
  "3.5": {
    "to whom the store is down": mistaking("throttled", "unavailable"),
    "that does not say how long": outcomes((outcome) => ({ ...outcome, retryAfterMs: undefined })),
    "that counts in seconds": outcomes((outcome) =>
      outcome.status === "throttled" ? { ...outcome, retryAfterMs: 2 } : outcome,
    ),
  },
  "3.6": {
    "to whom all is missing": mistaking("unavailable", "not-found"),
    "that rejects": (right) => ({
      resolve: async (...call: Parameters<Resolve>) => {
        const answers = await right.resolve(...call);
        if (answers.some(({ status }) => status === "unavailable")) throw new Error("ECONNREFUSED");
        return answers;
      },
    }),
  },
  "3.7": {
    "without reasons": outcomes((outcome) =>
      "reason" in outcome ? { ...outcome, reason: undefined } : outcome,
    ),
    "with a status of its own": mistaking("not-found", "absent"),
    "whose writes fail without reasons": (right) => ({
      delete: async (...call: Parameters<typeof right.delete>) => ({
        ...(await right.delete(...call)),
        reason: "",
      }),
    }),
  },
  "3.8": {
    "that tries again": (right) => ({
      resolve: async (...call: Parameters<Resolve>) => {
        const answers = await right.resolve(...call);
        return answers.some(({ status }) => status === "throttled") ? right.resolve(...call) : answers;
      },
    }),
  },
};
