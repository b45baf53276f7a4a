import type { EventBus } from "@sluice/core";
import {
  getPod,
  type KubernetesClient,
  KubernetesError,
  listObjects,
  requestToken,
  reviewToken,
} from "@sluice/kubernetes";
import type { ClusterAskedEvent } from "../audit/audit-events.js";
import type { BrokerCluster } from "./broker-cluster.js";

/** One call, in milliseconds: less than a launcher waits. */
const TIMEOUT_MS = 8_000;

/** Life of a token that the broker creates for a pod, in seconds; the least an API server gives. */
export const MINTED_SECONDS = 600;

/** Asks a real cluster, and tells of each question by an event. */
export function createBrokerCluster(client: KubernetesClient, events: EventBus): BrokerCluster {
  async function asked<Answer>(
    what: ClusterAskedEvent["what"],
    ask: () => Promise<Answer>,
    isYes: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const startedAt = performance.now();
    let outcome: ClusterAskedEvent["outcome"] = "failed";
    try {
      const answer = await ask();
      outcome = isYes(answer) ? "ok" : "refused";
      return answer;
    } finally {
      events.emit("cluster-asked", { what, outcome, durationMs: performance.now() - startedAt });
    }
  }

  return {
    reviewToken: (token, audience, signal) =>
      asked(
        "token-review",
        async () => {
          const call = { signal, timeoutMs: TIMEOUT_MS };
          const review = await reviewToken(client, { token, audiences: [audience] }, call);
          return review.authenticated ? review : undefined;
        },
        (review) => review !== undefined,
      ),
    readPod: (namespace, name, signal) =>
      asked(
        "pod",
        async () =>
          getPod(client, { namespace, name }, { signal, timeoutMs: TIMEOUT_MS }).catch((thrown: unknown) => {
            if (KubernetesError.isInstance(thrown) && thrown.status === 404) return undefined;
            throw thrown;
          }),
        (pod) => pod !== undefined,
      ),
    livingPods: async (namespace, signal) => {
      const versions = new Map<string, string>();
      const query = {
        resource: { version: "v1", plural: "pods", namespace },
        fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
        metadataOnly: true,
      };
      for await (const { objects } of listObjects(client, query, { signal }))
        for (const { metadata } of objects)
          if (metadata.uid !== undefined) versions.set(metadata.uid, metadata.resourceVersion);
      return versions;
    },
    requestToken: ({ namespace, serviceAccount, audience, pod }, signal) =>
      asked(
        "token-request",
        async () => {
          const wanted = {
            namespace,
            serviceAccount,
            audience,
            expirationSeconds: MINTED_SECONDS,
            boundPod: pod,
          };
          return requestToken(client, wanted, { signal, timeoutMs: TIMEOUT_MS });
        },
        () => true,
      ),
  };
}
