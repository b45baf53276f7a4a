import { retryAfterMs } from "@sluice/core";
import { KubernetesError } from "./kubernetes-error.js";

const REASON = /^[A-Za-z]{1,64}$/;

/** What the server sent instead of success. */
export interface RefusedAnswer {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** The body, expected to be a Status object; of it only `reason` is kept. */
  readonly body: Uint8Array;
}

/** What an answer that is no success is reported as. */
export function errorOfAnswer({ status, retryAfter, body }: RefusedAnswer, now: number): KubernetesError {
  const reason = reasonOf(body);
  const waitMs = retryAfterMs(retryAfter, now);
  return new KubernetesError({
    kind: "answered",
    status,
    reason: reason ?? `http-${status}`,
    problem: `answered ${status}${reason === undefined ? "" : ` ${reason}`}`,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

/** The `reason` of a Status object: a word of Kubernetes, or nothing. */
export function statusReason(status: unknown): string | undefined {
  const reason: unknown = typeof status === "object" && status !== null && Reflect.get(status, "reason");
  return typeof reason === "string" && REASON.test(reason) ? reason : undefined;
}

function reasonOf(body: Uint8Array): string | undefined {
  try {
    return statusReason(JSON.parse(new TextDecoder().decode(body)) as unknown);
  } catch {
    // A proxy's page: the HTTP status says enough.
    return undefined;
  }
}
