/** A number out of a range, for one pod as long as there is that pod. */
export interface WantedLease {
  /** What people call it: the name in the annotation. */
  readonly name: string;
  /** Name of a configured store. */
  readonly store: string;
  /** The number is the end of a path in the store: `PREFIX.NUMBER`. What is there is the name of the pod. */
  readonly prefix: string;
  /** Where a store holds named fields, the name of the one that has the pod's name. */
  readonly key?: string;
  readonly rangeStart: number;
  /** The last that may be given, included. */
  readonly rangeEnd: number;
}
