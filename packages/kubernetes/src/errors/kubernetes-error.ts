/**
 * - `answered`: the server answered with an HTTP status that is no success.
 * - `no-answer`: it could not be reached, broke off, or took too long.
 * - `configuration`: where it is, or who we are, cannot be told from what was configured.
 * - `credentials`: what proves who we are could not be had: a plugin failed, a token is missing.
 * - `protocol`: it answered with something that is no Kubernetes API, or more than was to be read.
 */
export type KubernetesErrorKind = "answered" | "no-answer" | "configuration" | "credentials" | "protocol";

/** What an answer of the API server was. */
export interface KubernetesErrorInit {
  readonly kind: KubernetesErrorKind;
  /** Machine-readable: the `reason` of the server's Status, or the code of a system error. */
  readonly reason: string;
  /** For people: what happened, in a few words of our own. */
  readonly problem: string;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  readonly retryAfterMs?: number;
}

const MARKER = Symbol.for("sluice.kubernetes-error");

/**
 * A call of the Kubernetes API that failed. Its texts are ours: a server's or a plugin's messages may quote what
 * was sent, so they are dropped.
 */
export class KubernetesError extends Error implements KubernetesErrorInit {
  override readonly name = "KubernetesError";
  readonly kind: KubernetesErrorKind;
  readonly reason: string;
  readonly problem: string;
  declare readonly status?: number;
  declare readonly retryAfterMs?: number;

  constructor(init: KubernetesErrorInit) {
    super(`The Kubernetes API ${init.problem}`);
    this.kind = init.kind;
    this.reason = init.reason;
    this.problem = init.problem;
    if (init.status !== undefined) this.status = init.status;
    if (init.retryAfterMs !== undefined) this.retryAfterMs = init.retryAfterMs;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Recognises one of any copy of this package. */
  static isInstance(value: unknown): value is KubernetesError {
    return typeof value === "object" && value !== null && Reflect.get(value, MARKER) === true;
  }
}

/** Whether it may well go differently in a moment: no answer, too many calls, or a fault of the server. */
export function isPassing({ kind, status = 0 }: KubernetesError): boolean {
  return kind === "no-answer" || status === 429 || status >= 500;
}

/** Whether the server no longer has the history that was asked for. */
export function isGone({ status }: KubernetesError): boolean {
  return status === 410;
}
