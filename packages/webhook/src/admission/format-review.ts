import type { AdmissionAnswer } from "./admission-answer.js";

/** An answer as JSON, and how large its patch is. */
export interface FormattedReview {
  readonly text: string;
  readonly patchBytes: number;
}

/** The AdmissionReview that answers the request of this uid. */
export function formatReview(uid: string, answer: AdmissionAnswer): FormattedReview {
  const patch =
    answer.allowed && answer.patch.length > 0 ? Buffer.from(JSON.stringify(answer.patch)) : undefined;
  const text = JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid,
      allowed: answer.allowed,
      status: {
        message: answer.message,
        ...(!answer.allowed && { status: "Failure", code: answer.code, reason: answer.reason }),
      },
      ...(answer.warnings.length > 0 && { warnings: answer.warnings }),
      ...(patch !== undefined && { patchType: "JSONPatch", patch: patch.toString("base64") }),
    },
  });
  return { text, patchBytes: patch?.byteLength ?? 0 };
}
