import { notTheApi } from "../client/parse-json.js";
import { asObject, field } from "../objects/kubernetes-object.js";
import type { ContainerState, ContainerStatus, Pod, PodContainer, PodVariable } from "./pod.js";

const KINDS = [
  ["container", "containers", "containerStatuses"],
  ["init", "initContainers", "initContainerStatuses"],
  ["ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"],
] as const;

/** What is used of a pod as the API has it. Throws a `KubernetesError` of kind `protocol` for what is none. */
export function parsePod(value: unknown): Pod {
  const { metadata } = asObject(value);
  const [spec, status] = [field(value, "spec"), field(value, "status")];
  const deletionTime = time(metadata.deletionTimestamp);
  const nodeName = field(spec, "nodeName");
  const phase = field(status, "phase");
  const grace = field(metadata, "deletionGracePeriodSeconds");
  return {
    namespace: text(metadata.namespace),
    name: metadata.name,
    uid: text(metadata.uid),
    // Never undefined for one that is being deleted, whatever its time looks like.
    ...(metadata.deletionTimestamp !== undefined && { deletionTime: deletionTime ?? 0 }),
    ...(typeof grace === "number" && { deletionGracePeriodSeconds: grace }),
    serviceAccountName: text(field(spec, "serviceAccountName")),
    ...(typeof nodeName === "string" && { nodeName }),
    ...(typeof phase === "string" && { phase }),
    annotations: metadata.annotations ?? {},
    owners: metadata.ownerReferences ?? [],
    containers: KINDS.flatMap(([kind, containers, statuses]) =>
      list(field(spec, containers)).map((container) =>
        parseContainer(kind, container, list(field(status, statuses))),
      ),
    ),
  };
}

function parseContainer(kind: PodContainer["kind"], container: unknown, statuses: unknown[]): PodContainer {
  const name = text(field(container, "name"));
  const status = statuses.find((each) => field(each, "name") === name);
  return {
    name,
    kind,
    env: list(field(container, "env")).map(parseVariable),
    ...(status !== undefined && { status: parseStatus(status) }),
  };
}

function parseVariable(variable: unknown): PodVariable {
  const name = text(field(variable, "name"));
  if (field(variable, "valueFrom") !== undefined) return { name };
  const value = field(variable, "value") ?? "";
  return { name, value: text(value) };
}

function parseStatus(status: unknown): ContainerStatus {
  const containerId = field(status, "containerID");
  const restartCount = field(status, "restartCount");
  return {
    state: parseState(field(status, "state")),
    ...(typeof containerId === "string" && containerId !== "" && { containerId }),
    restartCount: typeof restartCount === "number" ? restartCount : 0,
  };
}

function parseState(state: unknown): ContainerState {
  const [running, terminated] = [field(state, "running"), field(state, "terminated")];
  if (isObject(running)) return { kind: "running", ...times(running, "startedAt") };
  if (isObject(terminated)) {
    const exitCode = field(terminated, "exitCode");
    return {
      kind: "terminated",
      ...(typeof exitCode === "number" && { exitCode }),
      ...times(terminated, "startedAt"),
      ...times(terminated, "finishedAt"),
    };
  }
  // What the API says of a state without any of the three.
  const reason = field(field(state, "waiting"), "reason");
  return { kind: "waiting", ...(typeof reason === "string" && { reason }) };
}

function times<Name extends string>(state: unknown, name: Name): Partial<Record<Name, number>> {
  const at = time(field(state, name));
  return at === undefined ? {} : ({ [name]: at } as Record<Name, number>);
}

function time(value: unknown): number | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw notTheApi("pod");
  return value as unknown[];
}

function text(value: unknown): string {
  if (typeof value !== "string") throw notTheApi("pod");
  return value;
}
