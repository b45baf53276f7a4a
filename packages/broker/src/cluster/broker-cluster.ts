import type { Pod, RequestedToken } from "@sluice/kubernetes";

/** What the broker asks of its cluster. Everything rejects with a `KubernetesError`. */
export interface BrokerCluster {
  /** Whose a token is, if the API server knows it for exactly this audience. */
  reviewToken(token: string, audience: string, signal: AbortSignal): Promise<ReviewedToken | undefined>;
  /** Reads a pod as it is now; `undefined` when it is gone. */
  readPod(namespace: string, name: string, signal: AbortSignal): Promise<Pod | undefined>;
  /** A namespace's pods that exist and have not finished: their uids, and what tells one state of each from another. */
  livingPods(namespace: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Creates a token of a pod's service account that dies with the pod. */
  requestToken(wanted: WantedToken, signal: AbortSignal): Promise<RequestedToken>;
}

export interface ReviewedToken {
  readonly serviceAccount?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** The pod it is bound to. */
  readonly pod?: { readonly name: string; readonly uid: string };
}

interface WantedToken {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
  readonly pod: { readonly name: string; readonly uid: string };
}
