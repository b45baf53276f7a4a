import type { ObjectNeed } from "@sluice/core/dialect";

/** What planning a pod must see of its cluster. */
export interface ClusterLookups {
  /** @throws LookupError */
  namespaceLabels(namespace: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /**
   * `undefined` where there is none.
   *
   * @throws LookupError
   */
  find(namespace: string, need: ObjectNeed, signal: AbortSignal): Promise<FoundObject | undefined>;
  /** Whether objects of this kind are not looked up at all. */
  isHidden(need: ObjectNeed): boolean;
}

/** An object as the API server has it. */
export type FoundObject = Readonly<Record<string, unknown>>;
