import type { JsonSchema } from "@sluice/core";

/** Options of a store in a Kubernetes cluster. */
export interface KubernetesOptions {
  /** What is read: Secrets by default. */
  readonly kind?: "Secret" | "ConfigMap";
  /** Namespace of the objects, which a path then names alone. Without it a path is `NAMESPACE/NAME`. */
  readonly namespace?: string;
  /** Path of a kubeconfig, relative to the configuration file. By default as kubectl finds it, or the pod's account. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig; its current one by default. */
  readonly context?: string;
  /** Audience of the tokens by which the cluster is told on whose behalf it is asked. */
  readonly audience?: string;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** Milliseconds of silence after which a watch is made anew; a server with nothing to tell says so every minute. */
  readonly watchIdleMs?: number;
}

/** Default of {@link KubernetesOptions.audience}: the issuer most clusters have, and so the audience they accept. */
export const DEFAULT_AUDIENCE = "https://kubernetes.default.svc";

/** Default of {@link KubernetesOptions.timeoutMs}. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** Default of {@link KubernetesOptions.watchIdleMs}. */
export const DEFAULT_WATCH_IDLE_MS = 75_000;

/** JSON Schema of {@link KubernetesOptions}. */
export const KUBERNETES_OPTIONS_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    kind: { enum: ["Secret", "ConfigMap"], default: "Secret", description: "What is read." },
    namespace: {
      type: "string",
      pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
      description:
        "Namespace of the objects, which a path then names alone. Without it a path is NAMESPACE/NAME.",
    },
    kubeconfig: {
      type: "string",
      minLength: 1,
      description:
        "Path of a kubeconfig, relative to the configuration file. By default that of KUBECONFIG, ~/.kube/config, or the pod's own account.",
    },
    context: {
      type: "string",
      minLength: 1,
      description: "Context of the kubeconfig; its current one by default.",
    },
    audience: {
      type: "string",
      minLength: 1,
      default: DEFAULT_AUDIENCE,
      description: "Audience of the tokens by which the cluster is told on whose behalf it is asked.",
    },
    timeoutMs: {
      type: "integer",
      minimum: 1,
      maximum: 600_000,
      default: DEFAULT_TIMEOUT_MS,
      description: "Longest wait for one answer, in milliseconds.",
    },
    watchIdleMs: {
      type: "integer",
      minimum: 100,
      maximum: 3_600_000,
      default: DEFAULT_WATCH_IDLE_MS,
      description: "Milliseconds of silence after which a watch is made anew.",
    },
  },
};
