import type { AdmissionAnswer } from "../admission/admission-answer.js";
import type { AdmissionRequest } from "../admission/admission-request.js";

/** A request and what became of it. */
export interface Review {
  readonly operation: "mutate" | "validate";
  readonly request: AdmissionRequest;
  readonly answer: AdmissionAnswer;
  /** 0 where nothing is changed. */
  readonly patchBytes: number;
  readonly durationMs: number;
}

/** A failure inside the webhook that no rule foresees. */
export interface WebhookFault {
  /** By which the answer and the log name it. */
  readonly id: string;
  readonly errorName: string;
  readonly frames: readonly string[];
}

/** Told of what a webhook does. */
export interface AdmissionObserver {
  answered(review: Review): void;
  /** Something came that is no review. */
  malformed(problem: string): void;
  failed(fault: WebhookFault): void;
}
