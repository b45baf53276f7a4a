import { thrownName } from "@sluice/core";
import { KubernetesError } from "./kubernetes-error.js";

/** What a connection that failed, or broke off, is reported as. */
export function noAnswer(thrown: unknown): KubernetesError {
  if (KubernetesError.isInstance(thrown)) return thrown;
  const reason = thrownName(thrown);
  return new KubernetesError({ kind: "no-answer", reason, problem: `could not be reached (${reason})` });
}

/** What a server that takes too long is reported as. */
export function timedOut(timeoutMs: number): KubernetesError {
  return new KubernetesError({
    kind: "no-answer",
    reason: "timeout",
    problem: `did not answer within ${timeoutMs} ms`,
  });
}
