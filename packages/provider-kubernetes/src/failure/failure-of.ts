import type { Failure, FailureStatus } from "@sluice/core";
import { KubernetesError } from "@sluice/kubernetes";

/** What a failed call says of what was asked. Of foreign errors nothing is kept. */
export function failureOf(error: unknown): Failure {
  if (!KubernetesError.isInstance(error))
    return { status: "unavailable", reason: "unexpected", message: "could not be asked for", ...REACH };
  switch (error.kind) {
    case "answered":
      return ofAnswer(error);
    case "configuration":
      return described("invalid", error, "Check the kubeconfig and the store's options");
    case "credentials":
      return described(
        "unavailable",
        error,
        "Check how the kubeconfig's user, or the workload, gets its token",
      );
    case "protocol":
      return described("invalid", error, "Check that the kubeconfig's server is a Kubernetes API");
    case "no-answer":
      return described("unavailable", error, REACH.remedy);
  }
}

const REACH = { remedy: "Check that the cluster can be reached" };

function ofAnswer(error: KubernetesError): Failure {
  const { status = 0, reason, retryAfterMs } = error;
  const answer = reason.startsWith("http-") ? `HTTP ${status}` : `HTTP ${status}, ${reason}`;
  if (status === 404 && reason === "NotFound")
    return { status: "not-found", reason, message: "is not there", remedy: "Check its name and namespace" };
  if (status === 401)
    return {
      status: "denied",
      reason,
      message: `is refused: the cluster does not know who asks (${answer})`,
      remedy: "Renew the credentials: the token may have expired, or be for another cluster",
    };
  if (status === 403)
    return {
      status: "denied",
      reason,
      message: `is refused to us (${answer})`,
      remedy: "Grant it with a Role; `kubectl auth can-i` tells what is granted",
    };
  if (status === 409)
    return {
      status: "conflict",
      reason,
      message: `was changed meanwhile (${answer})`,
      remedy: "Read it again, and decide anew",
    };
  if (status === 429)
    return {
      status: "throttled",
      reason,
      message: `was not asked for: the cluster takes no more calls now (${answer})`,
      remedy: "Try again later",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  // 410: the server has dropped the state a listing or watch went by; beginning anew helps.
  if (status >= 500 || status === 410 || status === 408) return described("unavailable", error, REACH.remedy);
  return described("invalid", error, "Check the store's options, and what is written");
}

function described(status: FailureStatus, { reason, problem }: KubernetesError, remedy: string): Failure {
  return { status, reason, message: `could not be had: the Kubernetes API ${problem}`, remedy };
}
