import type { OwnerReference } from "../objects/kubernetes-object.js";

/** What is used of a pod. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** When it will be gone at the latest, in milliseconds since the epoch; absent unless it is being deleted. */
  readonly deletionTime?: number;
  readonly deletionGracePeriodSeconds?: number;
  readonly serviceAccountName: string;
  readonly nodeName?: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
  readonly phase?: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whom it belongs to. */
  readonly owners: readonly OwnerReference[];
  /** Of all kinds. */
  readonly containers: readonly PodContainer[];
}

/** A container; no two of a pod have the same name, whatever their kinds. */
export interface PodContainer {
  readonly name: string;
  readonly kind: "container" | "init" | "ephemeral";
  /** In order; the last of a name counts. */
  readonly env: readonly PodVariable[];
  /** Absent while nothing was reported of it. */
  readonly status?: ContainerStatus;
}

/** A variable of a container, as its pod has it. */
export interface PodVariable {
  readonly name: string;
  /** As in the pod spec, `$(NAME)` not expanded; absent where it is taken from elsewhere. */
  readonly value?: string;
}

/** What the kubelet last reported. It lags. */
export interface ContainerStatus {
  readonly state: ContainerState;
  /** Of the instance that runs or ran last: `containerd://…`. */
  readonly containerId?: string;
  readonly restartCount: number;
}

/** Times are milliseconds since the epoch. */
export type ContainerState =
  | { readonly kind: "waiting"; readonly reason?: string }
  | { readonly kind: "running"; readonly startedAt?: number }
  | {
      readonly kind: "terminated";
      readonly exitCode?: number;
      readonly startedAt?: number;
      readonly finishedAt?: number;
    };

/** The container of this name, whatever its kind. */
export function containerOf({ containers }: Pod, name: string): PodContainer | undefined {
  return containers.find((container) => container.name === name);
}

/** The text of a variable in the spec of a container: that of the last of its name, if that one has a text. */
export function variableOf({ env }: PodContainer, name: string): string | undefined {
  return env.findLast((variable) => variable.name === name)?.value;
}
