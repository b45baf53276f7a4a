import { SluiceError } from "@sluice/core";
import { KubernetesError } from "@sluice/kubernetes";
import { ProblemError } from "@sluice/protocol";
import { refuse } from "./refusals.js";

/** What whoever asked is told of something thrown. Of a foreign error nothing is: it may quote anything. */
export function toProblem(thrown: unknown): ProblemError {
  if (ProblemError.isInstance(thrown)) return thrown;
  if (KubernetesError.isInstance(thrown)) {
    const { retryAfterMs } = thrown;
    return refuse("cluster-unavailable", thrown.message, {
      ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
    });
  }
  // What a store is made from cannot be read.
  if (SluiceError.isInstance(thrown) && thrown.kind === "configuration")
    return refuse("store-invalid", thrown.problem);
  return new ProblemError({
    kind: "bug",
    reason: "internal",
    message: "The broker failed inside",
    remedy: "See its log, and report it",
  });
}
