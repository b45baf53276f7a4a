import {
  getObject,
  type KubernetesClient,
  KubernetesError,
  type OwnerReference,
  type Pod,
  type Resource,
} from "@sluice/kubernetes";
import { LRUCache } from "lru-cache";

/** A workload: what somebody wrote a manifest for. */
export type Controller = Omit<OwnerReference, "controller">;

/** Kinds that are made by another one, as a rule. */
const MADE_BY_OTHERS: Readonly<Record<string, Omit<Resource, "namespace">>> = {
  "apps/v1 ReplicaSet": { group: "apps", version: "v1", plural: "replicasets" },
  "batch/v1 Job": { group: "batch", version: "v1", plural: "jobs" },
};

/** Finds the workload that a pod is part of: what controls what controls it, else the pod itself. */
export class TopControllers {
  readonly #known = new LRUCache<string, Controller>({ max: 10_000 });

  constructor(private readonly client: KubernetesClient) {}

  /** @throws KubernetesError */
  async find({ namespace, name, uid, owners }: Pod, signal: AbortSignal): Promise<Controller> {
    const owner = controllerIn(owners);
    return owner === undefined
      ? { apiVersion: "v1", kind: "Pod", name, uid }
      : this.#above(owner, namespace, signal);
  }

  async #above(controller: Controller, namespace: string, signal: AbortSignal): Promise<Controller> {
    const made = MADE_BY_OTHERS[`${controller.apiVersion} ${controller.kind}`];
    if (made === undefined) return controller;
    const known = this.#known.get(controller.uid);
    if (known !== undefined) return known;
    const top = (await this.#controllerOf({ ...made, namespace }, controller, signal)) ?? controller;
    this.#known.set(controller.uid, top);
    return top;
  }

  async #controllerOf(
    resource: Resource,
    { name, uid }: Controller,
    signal: AbortSignal,
  ): Promise<Controller | undefined> {
    try {
      const { metadata } = await getObject(this.client, resource, name, { signal });
      return metadata.uid === uid ? controllerIn(metadata.ownerReferences) : undefined;
    } catch (thrown) {
      // It is gone already: then it is all that can be told.
      if (KubernetesError.isInstance(thrown) && thrown.status === 404) return undefined;
      throw thrown;
    }
  }
}

/** What identifies the one that controls, without what holds it back from being deleted. */
export function controllerIn(owners: readonly OwnerReference[] = []): Controller | undefined {
  const owner = owners.find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, uid };
}
