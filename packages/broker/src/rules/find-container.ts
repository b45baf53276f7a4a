import { containerOf, type Pod, type PodContainer } from "@sluice/kubernetes";
import type { ObservedContainer } from "../release/observed-container.js";

export interface FoundContainer {
  readonly container: PodContainer;
  readonly observed: ObservedContainer;
}

/** A container of a pod by its name, of whichever kind, with what the kubelet says of it. */
export function findContainer(pod: Pod, name: string): FoundContainer | undefined {
  const container = containerOf(pod, name);
  return container === undefined ? undefined : { container, observed: observe(container) };
}

function observe({ kind, status }: PodContainer): ObservedContainer {
  const { state = { kind: "waiting" }, restartCount = 0, containerId } = status ?? {};
  const startedAt = state.kind === "running" ? state.startedAt : undefined;
  return {
    state: state.kind,
    ...(startedAt !== undefined && { startedAt }),
    restarts: restartCount,
    // One that waits after a crash still has the id of what crashed.
    ranBefore: state.kind !== "waiting" || restartCount > 0 || containerId !== undefined,
    ...(containerId !== undefined && { instance: containerId }),
    ephemeral: kind === "ephemeral",
  };
}
