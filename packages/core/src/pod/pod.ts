/**
 * A pod as its author wrote it, as far as injection looks at it. Members that are not named here are kept as
 * they are.
 */
export interface Pod {
  readonly metadata?: ObjectMetadata;
  readonly spec: PodSpec;
  readonly [member: string]: unknown;
}

/** Metadata of an object, as far as it is looked at. */
export interface ObjectMetadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** The spec of a pod, as far as it is looked at; everything else of it is kept. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly serviceAccountName?: string;
  readonly enableServiceLinks?: boolean;
  readonly [member: string]: unknown;
}

/** A container, as far as it is looked at; everything else of it is kept. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFromSource[];
  readonly volumeMounts?: readonly VolumeMount[];
  /** `Always` makes an init container a native sidecar. */
  readonly restartPolicy?: string;
  readonly [member: string]: unknown;
}

/** A variable of a container. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly configMapKeyRef?: KeySelector;
    readonly secretKeyRef?: KeySelector;
    readonly [other: string]: unknown;
  };
}

/** A key of a named object. */
export interface KeySelector {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** Where a container takes a set of variables from. */
export interface EnvFromSource {
  readonly prefix?: string;
  readonly configMapRef?: ObjectSelector;
  readonly secretRef?: ObjectSelector;
}

/** A named object. */
export interface ObjectSelector {
  readonly name?: string;
  readonly optional?: boolean;
}

/** A volume of a pod, of any sort. */
export interface Volume {
  readonly name: string;
  readonly [source: string]: unknown;
}

/** Where a container has a volume. */
export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly [member: string]: unknown;
}

/** Where a container stands in its pod. */
export type ContainerKind = "app" | "init" | "sidecar" | "ephemeral";

/** Every container of a pod in the order they are listed: init containers and sidecars first. */
export function* containersOf({ spec }: Pod): Generator<readonly [Container, ContainerKind]> {
  for (const container of spec.initContainers ?? [])
    yield [container, container.restartPolicy === "Always" ? "sidecar" : "init"];
  for (const container of spec.containers) yield [container, "app"];
  for (const container of spec.ephemeralContainers ?? []) yield [container, "ephemeral"];
}

/** A pod whose containers are replaced by what `change` makes of each; the same pod where nothing changes. */
export function mapContainers(
  pod: Pod,
  change: (container: Container, kind: ContainerKind) => Container,
): Pod {
  const { initContainers, containers, ephemeralContainers } = pod.spec;
  const spec = {
    ...pod.spec,
    containers: containers.map((container) => change(container, "app")),
    ...(initContainers && {
      initContainers: initContainers.map((container) =>
        change(container, container.restartPolicy === "Always" ? "sidecar" : "init"),
      ),
    }),
    ...(ephemeralContainers && {
      ephemeralContainers: ephemeralContainers.map((container) => change(container, "ephemeral")),
    }),
  };
  return { ...pod, spec };
}
