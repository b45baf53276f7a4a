import type { AdmissionAnswer } from "../admission/admission-answer.js";

/** What became of a review, in one word; for metrics. */
export function outcomeOf(answer: AdmissionAnswer): "allowed" | "changed" | "denied" | "failed" {
  if (answer.allowed) return answer.patch.length > 0 ? "changed" : "allowed";
  return answer.code >= 500 ? "failed" : "denied";
}
