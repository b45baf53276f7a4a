import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { SluiceError, thrownName } from "@sluice/core";
import { type AdmissionAnswer, deny } from "../admission/admission-answer.js";
import type { AdmissionRequest, MalformedRequest } from "../admission/admission-request.js";
import type { Admission } from "../admission/create-admission.js";
import { formatReview } from "../admission/format-review.js";
import { parseReview } from "../admission/parse-review.js";
import type { AdmissionObserver, Review } from "./admission-observer.js";
import { inAdmissionSpan } from "./in-admission-span.js";
import { readReviewBody } from "./read-review-body.js";

/** Larger than any review: the API server takes objects of 3 MiB, and sends at most two of them. */
const MOST_BODY_BYTES = 8 * 1024 * 1024;
/** Time for a body, in milliseconds. */
const BODY_MS = 5_000;
/** What is kept of the API server's own time for the way back, in milliseconds. */
const RESERVE_MS = 500;
const DEFAULT_BUDGET_MS = 8_000;
const LEAST_BUDGET_MS = 500;

/** What reviews are answered with. */
export interface AdmissionHandlerOptions {
  /** Looked at for each request, so that new settings count from the next one on. */
  readonly admission: () => Admission;
  readonly observer: AdmissionObserver;
}

/** Answers reviews at `/mutate` and `/validate`. Whatever comes, the answer has a message. */
export function createAdmissionHandler({ admission, observer }: AdmissionHandlerOptions): RequestListener {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const [path, query] = (request.url ?? "").split("?", 2);
    const operation = path === "/mutate" ? "mutate" : path === "/validate" ? "validate" : undefined;
    if (operation === undefined)
      return refuse(response, 404, "Reviews are answered at /mutate and /validate");
    if (request.method !== "POST") return refuse(response, 405, "Send a review with POST");
    const body = await readReviewBody(request, MOST_BODY_BYTES, BODY_MS);
    if ("problem" in body) {
      // Of what comes after nothing is read.
      response.setHeader("connection", "close");
      return refuse(response, body.status, body.problem);
    }
    const review = parseReview(body);
    if ("problem" in review) {
      observer.malformed(review.problem);
      return refuse(response, 400, review.problem, review);
    }
    const { answer, text, patchBytes } = await inAdmissionSpan(
      operation,
      review,
      request.headers,
      async () => {
        const answered = await decide(operation, review, budgetOf(query), observer, admission);
        return { answer: answered, ...formatReview(review.uid, answered) };
      },
    );
    send(response, 200, text);
    const durationMs = performance.now() - began;
    observer.answered({ operation, request: review, answer, patchBytes, durationMs });
  }

  return (request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      tellOfBug(observer, thrown);
      if (!response.headersSent) refuse(response, 400, "The request cannot be answered");
      else response.destroy();
    });
  };
}

async function decide(
  operation: Review["operation"],
  review: AdmissionRequest,
  budgetMs: number,
  observer: AdmissionObserver,
  admission: () => Admission,
): Promise<AdmissionAnswer> {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), budgetMs);
  try {
    return await admission()[operation](review, time.signal);
  } catch (thrown) {
    const id = tellOfBug(observer, thrown);
    const problem = `A fault of the webhook itself; its log has it under ${id}`;
    return deny([{ problem, remedy: "Please report it" }], { code: 500, reason: "InternalError" });
  } finally {
    clearTimeout(timer);
  }
}

/** Time for one review: somewhat less than the API server says that it waits, as in `?timeout=10s`. */
function budgetOf(query = ""): number {
  const [, amount, unit] =
    /^(\d{1,6}(?:\.\d{1,9})?)(ms|s|m)$/.exec(new URLSearchParams(query).get("timeout") ?? "") ?? [];
  if (amount === undefined) return DEFAULT_BUDGET_MS;
  const ms = Number(amount) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? "s"] ?? 1_000);
  return Math.max(Math.min(ms - RESERVE_MS, 30_000), Math.min(ms, LEAST_BUDGET_MS));
}

/** What went wrong, without its message, which may quote the pod. */
function tellOfBug(observer: AdmissionObserver, thrown: unknown): string {
  const id = randomUUID();
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  const frames = (stack.match(/^\s+at .*$/gm) ?? []).map((frame) => frame.trim());
  observer.failed({
    id,
    frames,
    errorName: SluiceError.isInstance(thrown) ? thrown.code : thrownName(thrown),
  });
  return id;
}

function refuse(response: ServerResponse, status: number, problem: string, review?: MalformedRequest): void {
  const denied = deny([{ problem, remedy: "Send an AdmissionReview of admission.k8s.io/v1" }], {
    code: status,
    reason: "BadRequest",
  });
  send(response, status, formatReview(review?.uid ?? "", denied).text);
}

function send(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": body.byteLength })
    .end(body);
}
