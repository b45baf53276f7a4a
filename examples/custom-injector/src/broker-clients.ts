import type { MutationStrategy } from "@sluice/core/mutation";

/** The label that Acme's NetworkPolicies look for: only such pods reach the broker. */
const LABEL = "acme.example/broker-client";

/** Labels pods that are given secrets, once all else is in place. */
export function brokerClients(): MutationStrategy {
  return {
    name: "broker-clients",
    after: ["exec-wrap"],
    appliesTo: ({ plans }) => plans.size > 0,
    apply: (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { ...pod.metadata?.labels, [LABEL]: "true" } },
    }),
  };
}
