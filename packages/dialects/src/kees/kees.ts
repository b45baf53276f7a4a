import type { Dialect } from "@sluice/core/dialect";
import type { Container } from "@sluice/core/pod";
import { isKeesParameter, type KeesNotation, readKeesAnnotations } from "./read-kees-annotations.js";
import { keesFamilies } from "./secret-families.js";

/** How pods for kees are read. */
export interface KeesOptions extends KeesNotation {
  /** Whether a container is the one that writes what annotations ask for. */
  readonly isInit: (container: Container) => boolean;
}

/**
 * kees: annotations say what an init container writes into files. Its variables are nobody's; a pod with annotations
 * that this container could not follow is told so before it is there.
 */
export function kees({ isInit, domain }: KeesOptions): Dialect {
  const notation = domain === undefined ? {} : { domain };
  return {
    name: "kees",
    appliesTo: ({ metadata }) =>
      Object.keys(metadata?.annotations ?? {}).some((annotation) => isKeesParameter(annotation, notation)),
    readVariable: () => undefined,
    readContainer: (container, kind, { pod }) => {
      if (kind !== "init" || !isInit(container)) return {};
      const { parameters, problems } = readKeesAnnotations(pod.metadata?.annotations ?? {}, notation);
      const found = [...problems, ...keesFamilies(parameters).problems];
      return { problems: found.map(({ problem, remedy }) => ({ problem, remedy })) };
    },
  };
}
