import type { Logger } from "@sluice/service";
import type { AdmissionObserver, Review, WebhookFault } from "./admission-observer.js";

/**
 * Writes what was refused and why, what failed, and, for those who look closer, what was allowed. A refusal's text is
 * ours: it names containers, variables and references, and holds nothing of a Secret.
 */
export function webhookLog(log: Logger): AdmissionObserver {
  return {
    answered: ({ operation, request, answer, durationMs }: Review) => {
      const { uid, namespace, resource, dryRun } = request;
      const facts = {
        operation,
        uid,
        namespace,
        resource,
        dryRun,
        durationMs: Math.round(durationMs * 10) / 10,
      };
      if (answer.allowed) log.debug({ ...facts, changed: answer.patch.length > 0 }, "allowed");
      else log.info({ ...facts, code: answer.code, message: answer.message }, "denied");
    },
    malformed: (problem) => log.warn({ problem }, "a request was no review"),
    failed: ({ id, errorName, frames }: WebhookFault) =>
      log.error({ id, errorName, frames }, "a review failed inside the webhook: please report it"),
  };
}

/** Tells each of several. */
export function toldTo(observers: readonly AdmissionObserver[]): AdmissionObserver {
  return {
    answered: (review) => observers.forEach((observer) => observer.answered(review)),
    malformed: (problem) => observers.forEach((observer) => observer.malformed(problem)),
    failed: (fault) => observers.forEach((observer) => observer.failed(fault)),
  };
}
