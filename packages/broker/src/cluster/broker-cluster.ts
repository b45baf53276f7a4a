import type { SecretValue } from "@sluice/core";
import type { Pod } from "./pod.js";

/** What the broker asks of its cluster. Everything rejects with a `KubernetesError`. */
export interface BrokerCluster {
  /** Whether the API server knows this token for exactly this audience, and whose it is. */
  reviewToken(token: string, audience: string, signal: AbortSignal): Promise<ReviewedToken | undefined>;
  /** Reads a pod as it is now; `undefined` when it is gone. */
  readPod(namespace: string, name: string, signal: AbortSignal): Promise<Pod | undefined>;
  /** The uids of a namespace's pods that exist and have not finished. */
  livingPods(namespace: string, signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Creates a token of a pod's service account that dies with the pod. */
  requestToken(wanted: WantedToken, signal: AbortSignal): Promise<MintedToken>;
}

/** Whose a token is. */
export interface ReviewedToken {
  readonly serviceAccount?: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** The pod it is bound to. */
  readonly pod?: { readonly name: string; readonly uid: string };
}

export interface WantedToken {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
  readonly pod: { readonly name: string; readonly uid: string };
}

export interface MintedToken {
  readonly token: SecretValue;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}
