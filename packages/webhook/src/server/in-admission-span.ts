import type { IncomingMessage } from "node:http";
import { inSpan } from "@sluice/core/telemetry";
import type { AdmissionAnswer } from "../admission/admission-answer.js";
import type { AdmissionRequest } from "../admission/admission-request.js";
import type { Review } from "./admission-observer.js";
import { outcomeOf } from "./outcome-of.js";

/**
 * Answers a review within the span `sluice.admission`. The API server's span is linked to, and is not its parent: whoever
 * reaches the port can send a `traceparent`.
 */
export async function inAdmissionSpan<
  Result extends { readonly answer: AdmissionAnswer; readonly patchBytes: number },
>(
  operation: Review["operation"],
  { namespace, resource, dryRun }: AdmissionRequest,
  { traceparent }: IncomingMessage["headers"],
  work: () => Promise<Result>,
): Promise<Result> {
  const asked = {
    "sluice.admission.operation": operation,
    "sluice.admission.resource": resource,
    "sluice.admission.dry_run": dryRun,
    "k8s.namespace.name": namespace,
  };
  return inSpan(
    "sluice.admission",
    asked,
    async (describe) => {
      const result = await work();
      const { answer, patchBytes } = result;
      describe({
        "sluice.admission.outcome": outcomeOf(answer),
        "sluice.admission.dialects": answer.dialects ?? [],
        "sluice.admission.patch.size": patchBytes,
        // A denial is an answer, but for one that a fault of ours is behind.
        ...(!answer.allowed && answer.code >= 500 && { "error.type": answer.reason }),
      });
      return result;
    },
    {
      scope: "@sluice/webhook",
      kind: "server",
      labels: ["sluice.admission.operation", "sluice.admission.outcome"],
      ...(typeof traceparent === "string" && { caller: traceparent }),
    },
  );
}
