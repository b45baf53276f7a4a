import type { MutationStrategy } from "@sluice/core/mutation";
import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import type { InjectionSettings, Mesh } from "./injection-settings.js";

/**
 * Keeps the way to the broker out of a service mesh's capture: a launcher that starts before the mesh's proxy, as in
 * an init container, would be led to one that is not there yet.
 */
export function meshPorts(): MutationStrategy<InjectionSettings> {
  return {
    name: "mesh-ports",
    appliesTo: ({ plans, files, pod, settings }) =>
      plans.size + (files?.size ?? 0) > 0 && meshesOf(pod, settings).length > 0,
    apply: (pod, { settings }) => {
      const annotations = { ...pod.metadata?.annotations };
      for (const mesh of meshesOf(pod, settings)) {
        const name = MESHES[mesh].annotation;
        annotations[name] = withPort(annotations[name], portOf(settings));
      }
      return { ...pod, metadata: { ...pod.metadata, annotations } };
    },
  };
}

/**
 * What the author of a pod should know whose mesh was there first: its init container was made without the annotation,
 * and only a CNI plugin still looks at that.
 */
export function meshWarnings(pod: Pod, settings: InjectionSettings): string[] {
  return meshesOf(pod, settings).flatMap((mesh) => {
    const { annotation, init } = MESHES[mesh];
    const isLate =
      !hasPort(pod.metadata?.annotations?.[annotation], portOf(settings)) &&
      Array.from(containersOf(pod)).some(
        ([container]) => container.name === init && !skips(container, settings),
      );
    return isLate
      ? [
          `${init} was added before Sluice was asked and may lead launchers into the mesh: ` +
            `give the pod the annotation ${annotation}: "${portOf(settings)}"`,
        ]
      : [];
  });
}

/** As the meshes document their annotations and the names of what they add to pods. */
const MESHES: Readonly<
  Record<
    Mesh,
    {
      readonly annotation: string;
      readonly init: string;
      readonly proxy: string;
      readonly isAskedFor: (marks: Readonly<Record<string, string>>) => boolean;
    }
  >
> = {
  // https://istio.io/latest/docs/reference/config/annotations/, https://istio.io/latest/docs/reference/config/labels/
  istio: {
    annotation: "traffic.sidecar.istio.io/excludeOutboundPorts",
    init: "istio-init",
    proxy: "istio-proxy",
    isAskedFor: (marks) =>
      marks["sidecar.istio.io/inject"] === "true" ||
      (marks["istio.io/rev"] !== undefined && marks["sidecar.istio.io/inject"] !== "false"),
  },
  // https://linkerd.io/2/reference/proxy-configuration/
  linkerd: {
    annotation: "config.linkerd.io/skip-outbound-ports",
    init: "linkerd-init",
    proxy: "linkerd-proxy",
    isAskedFor: (marks) => ["enabled", "ingress"].includes(marks["linkerd.io/inject"] ?? ""),
  },
};

/** Those that the operator names; without a word of the operator's, those that a pod shows to be in. */
function meshesOf(pod: Pod, { mesh }: InjectionSettings): readonly Mesh[] {
  if (mesh !== undefined) return mesh;
  const marks = { ...pod.metadata?.annotations, ...pod.metadata?.labels };
  return (Object.keys(MESHES) as Mesh[]).filter((name) => {
    const { init, proxy, isAskedFor } = MESHES[name];
    return (
      isAskedFor(marks) ||
      Array.from(containersOf(pod)).some(([{ name: own }]) => own === init || own === proxy)
    );
  });
}

/** The port that launchers dial: capture looks at packages before the Service leads them on. */
function portOf({ source }: InjectionSettings): string {
  const { port } = new URL(source.address);
  return port === "" ? "443" : port;
}

function withPort(list: string | undefined, port: string): string {
  if (list === undefined || list.trim() === "") return port;
  return hasPort(list, port) ? list : `${list},${port}`;
}

/** Lists have ports; Linkerd's have ranges, and Istio's may be `*`. */
function hasPort(list: string | undefined, port: string): boolean {
  return (list ?? "").split(",").some((entry) => {
    const [first = "", last = first] = entry.trim().split("-");
    if (first === "*") return true;
    return /^\d+$/.test(first) && Number(first) <= Number(port) && Number(port) <= Number(last);
  });
}

/** Whether the rules that an init container makes leave the port out. */
function skips({ args = [], command = [] }: Container, settings: InjectionSettings): boolean {
  return [...command, ...args].some((word, at, words) => {
    const flag = words[at - 1];
    const isList = flag === "-o" || flag === "--outbound-ports-to-ignore";
    return isList && hasPort(word, portOf(settings));
  });
}
