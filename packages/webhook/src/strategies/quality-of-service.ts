import { type Container, containersOf, type Pod } from "@sluice/core/pod";

/** What a container asks of its node, and may use. */
export interface ContainerResources {
  readonly requests: Readonly<Record<"cpu" | "memory", string>>;
  readonly limits: Readonly<Record<"cpu" | "memory", string>>;
}

/**
 * Resources for a container of ours, so that the pod stays of the class that its author gave it: in a pod that is
 * Guaranteed it asks for all that it may use, for one container that does not makes the pod Burstable.
 *
 * Source of the rule: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 */
export function resourcesWithin(pod: Pod, ours: string, resources: ContainerResources): ContainerResources {
  return isGuaranteed(pod, ours) ? { ...resources, requests: resources.limits } : resources;
}

/** Whether every container but this one has limits, and asks for as much. What asks for nothing asks for its limits. */
function isGuaranteed(pod: Pod, ours: string): boolean {
  const containers = Array.from(containersOf(pod)).filter(
    ([{ name }, kind]) => kind !== "ephemeral" && name !== ours,
  );
  return containers.every(([container]) =>
    (["cpu", "memory"] as const).every((resource) => {
      const [limit, request] = [
        amountOf(container, "limits", resource),
        amountOf(container, "requests", resource),
      ];
      return limit !== undefined && (request ?? limit) === limit;
    }),
  );
}

/** As the API server writes amounts, two that are equal are the same text. */
function amountOf(
  container: Container,
  kind: keyof ContainerResources,
  resource: "cpu" | "memory",
): string | undefined {
  const { [kind]: amounts } = (container["resources"] ?? {}) as Partial<
    Readonly<Record<string, Readonly<Record<string, unknown>> | null>>
  >;
  const amount = amounts?.[resource];
  return typeof amount === "string" || typeof amount === "number" ? String(amount) : undefined;
}
