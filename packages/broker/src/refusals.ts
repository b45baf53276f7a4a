import { type Problem, type ProblemKind, ProblemError } from "@sluice/protocol";

/** How one reason is answered: kind, remedy, and the status where it is not the kind's own. */
export type Refusal = readonly [kind: ProblemKind, remedy: string, status?: number];

/** Why the broker itself refuses. */
export type RefusalReason =
  | "no-token"
  | "malformed-token"
  | "token-refused"
  | "token-not-bound"
  | "pod-gone"
  | "pod-ending"
  | "pod-finished"
  | "another-pod"
  | "container-unknown"
  | "no-plan"
  | "plan-invalid"
  | "plan-of-another-container"
  | "plan-changed"
  | "replay"
  | "not-authorized"
  | "unknown-store"
  | "store-invalid"
  | "store-suspended"
  | "stores-unknown"
  | "lease-refused"
  | "pod-token-missing"
  | "pod-token-refused"
  | "pod-token-of-another"
  | "pod-token-unavailable"
  | "too-many-requests"
  | "too-many-bad-tokens"
  | "busy"
  | "draining"
  | "cluster-unavailable"
  | "too-slow"
  | "caller-gone"
  | "answer-too-large";

/**
 * Every reason that the broker itself refuses for: kind, remedy, and the status where it is not the kind's own.
 * docs/broker.md lists them.
 */
export const REFUSALS: Readonly<Record<RefusalReason, Refusal>> = {
  "no-token": ["denied", "Ask with the container's token; the webhook mounts it", 401],
  "malformed-token": ["denied", "Ask with the container's token; the webhook mounts it", 401],
  "token-refused": [
    "denied",
    "Ask with a token of this very container, of a pod that still exists, before it expires",
    401,
  ],
  "token-not-bound": ["denied", "Ask with a projected token: it is bound to its pod", 401],
  "pod-gone": ["denied", "Nothing: a pod that is gone needs no secrets"],
  "pod-ending": ["denied", "Nothing: a pod past its grace period needs no secrets"],
  "pod-finished": ["denied", "Nothing: no container of a finished pod starts again"],
  "another-pod": ["denied", "Delete the pod so that it is created anew"],
  "container-unknown": ["denied", "Ask for a container that the pod has"],
  "no-plan": ["denied", "Let the webhook inject the pod: delete it so that it is created anew"],
  "plan-invalid": ["configuration", "Delete the pod so that the webhook writes its plan anew"],
  "plan-of-another-container": ["denied", "Delete the pod so that the webhook writes its plan anew"],
  "plan-changed": ["denied", "Start the launcher with the plan as it stands in the pod"],
  replay: ["denied", "Restart the container; look at who asked if nobody expected it", 409],
  "not-authorized": ["denied", "Let the access list of the store name this service account and path"],
  "unknown-store": ["configuration", "Correct the name, or create the store"],
  "store-invalid": ["configuration", "See the status of the store"],
  "store-suspended": ["unavailable", "Set suspend: false in the store when it may be read again"],
  "stores-unknown": ["unavailable", "Wait; if it lasts, see the broker's log about its stores"],
  "lease-refused": [
    "configuration",
    "Set leases: broker in the store, or run a sidecar that keeps the lease",
  ],
  "pod-token-missing": [
    "configuration",
    "Delete the pod so that the webhook mounts a token for this audience",
  ],
  "pod-token-refused": ["denied", "Ask with a token of this very pod for the audience of the store"],
  "pod-token-of-another": ["denied", "Ask with a token of this very pod"],
  "pod-token-unavailable": [
    "unavailable",
    "Let the broker create tokens of this service account, see docs/broker.md",
  ],
  "too-many-requests": ["deadline", "Wait; raise the rate if the namespace starts that many containers"],
  "too-many-bad-tokens": ["deadline", "Wait; see who asks with bad tokens from this address"],
  busy: ["unavailable", "Wait; give the broker more replicas if it lasts"],
  draining: ["unavailable", "Wait: another replica answers"],
  "cluster-unavailable": ["unavailable", "Wait; if it lasts, see the broker's log and its rights"],
  "too-slow": ["unavailable", "Wait; if it lasts, see which store is slow", 504],
  "caller-gone": ["unavailable", "Nothing: the launcher tries again"],
  "answer-too-large": ["configuration", "Inject large values as files"],
};

/** A refusal of the broker's own. `message` says what, where and why, without a full stop. */
export function refuse(
  reason: RefusalReason,
  message: string,
  more: Pick<Problem, "failures" | "retryAfterSeconds"> = {},
): ProblemError {
  const [kind, remedy, status] = REFUSALS[reason];
  return new ProblemError({ kind, reason, message, remedy, ...more }, status);
}
