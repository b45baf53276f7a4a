import { type Describe, inSpan } from "@sluice/core/telemetry";
import type { ProblemError } from "@sluice/protocol";
import type { Workload } from "../audit/audit-events.js";

/** Name under which the broker's spans are made. */
export const SPAN_SCOPE = "@sluice/broker";

const OUTCOME = "sluice.broker.outcome";

/**
 * Answers a request within the span `sluice.broker.answer`. It begins a trace of its own, whatever its headers say:
 * launchers run in containers that nobody vouches for.
 */
export async function inAnswerSpan<Result>(
  container: string,
  work: (describe: Describe) => Promise<Result>,
): Promise<Result> {
  const attributes = { "k8s.container.name": container };
  return inSpan("sluice.broker.answer", attributes, work, {
    scope: SPAN_SCOPE,
    kind: "server",
    labels: [OUTCOME],
  });
}

/** Who asked, as the API server confirmed it. */
export function describeWorkload(describe: Describe, { namespace, pod, podUid }: Workload): void {
  describe({ "k8s.namespace.name": namespace, "k8s.pod.name": pod, "k8s.pod.uid": podUid });
}

/** Tells how many references were given. */
export function describeReleased(describe: Describe, references: number): void {
  describe({ [OUTCOME]: "released", "sluice.references": references });
}

/** Tells why nothing was given. */
export function describeRefused(describe: Describe, { detail }: ProblemError): void {
  describe({ [OUTCOME]: "refused", "error.type": detail.reason });
}
