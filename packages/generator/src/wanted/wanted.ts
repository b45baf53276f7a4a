import type { WantedLease } from "./wanted-lease.js";
import type { WantedSecret } from "./wanted-secret.js";

/** What a pod, or a resource, asks for. */
export interface Wanted {
  readonly secrets: readonly WantedSecret[];
  readonly leases: readonly WantedLease[];
  /** What cannot be understood, or must not be done, each one sentence with its remedy; the rest is done all the same. */
  readonly problems: readonly string[];
}

/** The metadata of a pod, which is all that is read of one. */
export interface PodMetadata {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Reads what a pod asks for. Pure, and never throws: what is wrong is among the problems. */
export type ReadPod = (pod: PodMetadata) => Wanted;
