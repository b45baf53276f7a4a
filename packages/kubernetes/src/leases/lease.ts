import { field, type KubernetesObject } from "../objects/kubernetes-object.js";

/** What a Lease says. */
export interface Lease {
  /** Changes with every write. */
  readonly resourceVersion: string;
  /** Who has it; absent when nobody does. */
  readonly holder?: string;
  /** How long its holder has it after a renewal, in milliseconds. */
  readonly durationMs: number;
  /** How often it went from one to another. */
  readonly transitions: number;
}

/** Reads a Lease. One without a duration is anybody's. */
export function parseLease(object: KubernetesObject): Lease {
  const spec = field(object, "spec");
  const holder = field(spec, "holderIdentity");
  const seconds = field(spec, "leaseDurationSeconds");
  const transitions = field(spec, "leaseTransitions");
  return {
    resourceVersion: object.metadata.resourceVersion,
    ...(typeof holder === "string" && holder !== "" && { holder }),
    durationMs: typeof seconds === "number" ? seconds * 1000 : 0,
    transitions: typeof transitions === "number" ? transitions : 0,
  };
}
