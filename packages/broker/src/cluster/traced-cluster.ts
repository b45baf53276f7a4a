import { inSpan } from "@sluice/core/telemetry";
import { SPAN_SCOPE } from "../telemetry/in-answer-span.js";
import type { BrokerCluster } from "./broker-cluster.js";

const OPTIONS = { scope: SPAN_SCOPE, kind: "client" } as const;

/** The same cluster, each of whose calls for a request is a span; what the broker asks by itself is none. */
export function tracedCluster(cluster: BrokerCluster): BrokerCluster {
  return {
    reviewToken: async (...asked) =>
      inSpan("sluice.broker.review_token", {}, async () => cluster.reviewToken(...asked), OPTIONS),
    readPod: async (namespace, name, signal) =>
      inSpan(
        "sluice.broker.read_pod",
        { "k8s.namespace.name": namespace, "k8s.pod.name": name },
        async () => cluster.readPod(namespace, name, signal),
        OPTIONS,
      ),
    requestToken: async (wanted, signal) =>
      inSpan(
        "sluice.broker.request_token",
        { "k8s.namespace.name": wanted.namespace, "k8s.pod.name": wanted.pod.name },
        async () => cluster.requestToken(wanted, signal),
        OPTIONS,
      ),
    livingPods: async (namespace, signal) => cluster.livingPods(namespace, signal),
  };
}
