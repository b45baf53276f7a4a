import type { Container, ContainerStatus, Pod } from "../cluster/pod.js";
import type { ObservedContainer } from "../release/observed-container.js";

export interface FoundContainer {
  readonly container: Container;
  readonly observed: ObservedContainer;
}

/** A container of a pod by its name, of whichever sort, with what the kubelet says of it. Names are unique in a pod. */
export function findContainer({ spec, status }: Pod, name: string): FoundContainer | undefined {
  const sorts = [
    { containers: spec.containers, statuses: status?.containerStatuses },
    // Native sidecars among them.
    { containers: spec.initContainers, statuses: status?.initContainerStatuses },
    { containers: spec.ephemeralContainers, statuses: status?.ephemeralContainerStatuses, ephemeral: true },
  ];
  for (const { containers, statuses, ephemeral = false } of sorts) {
    const container = containers?.find((candidate) => candidate.name === name);
    if (container === undefined) continue;
    return { container, observed: observe(statuses?.find((one) => one.name === name), ephemeral) };
  }
  return undefined;
}

function observe(status: ContainerStatus | undefined, ephemeral: boolean): ObservedContainer {
  const { state = {}, lastState = {}, restartCount = 0, containerID } = status ?? {};
  const startedAt = Date.parse(state.running?.startedAt ?? "");
  return {
    state: state.running ? "running" : state.terminated ? "terminated" : "waiting",
    ...(!Number.isNaN(startedAt) && { startedAt }),
    restarts: restartCount,
    ranBefore: state.terminated !== undefined || lastState.terminated !== undefined || restartCount > 0,
    ...(containerID !== undefined && containerID !== "" && { instance: containerID }),
    ephemeral,
  };
}
