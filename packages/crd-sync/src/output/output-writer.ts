import {
  applyObject,
  deleteObject,
  getObject,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
  tryCreate,
} from "@sluice/kubernetes";
import type { CreationPolicy } from "../source/sync-spec.js";
import { type ActualOutput, readOutput } from "./actual-output.js";
import { buildOutput, outputResource } from "./build-output.js";
import type { DesiredOutput, OutputKey } from "./desired-output.js";
import { fieldManagerOf, marksOf, type SyncOwner } from "./source-mark.js";

/** Bytes of an answer: an object has 1 MiB of data, in base64, and who owns each key. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Reads and writes outputs in the cluster, each source as a field manager of its own. */
export class OutputWriter {
  constructor(
    private readonly client: KubernetesClient,
    private readonly timeoutMs: number,
  ) {}

  /** The object as it is; undefined if there is none. @throws {KubernetesError} */
  async read({ kind, namespace, name }: OutputKey, signal: AbortSignal): Promise<ActualOutput | undefined> {
    try {
      const object = await getObject(this.client, outputResource(kind, namespace), name, this.#call(signal));
      return readOutput({ ...object, kind } as KubernetesObject);
    } catch (error) {
      if (KubernetesError.isInstance(error) && error.status === 404) return undefined;
      throw error;
    }
  }

  /** @param uid of the object it was decided about, if there was one */
  async apply(
    desired: DesiredOutput,
    owner: SyncOwner,
    { uid, force = false }: { readonly uid?: string | undefined; readonly force?: boolean },
    signal: AbortSignal,
  ): Promise<KubernetesObject> {
    return applyObject(
      this.client,
      outputResource(desired.kind, desired.namespace),
      buildOutput(desired, owner, uid),
      { fieldManager: fieldManagerOf(owner), force },
      this.#call(signal),
    );
  }

  /**
   * Deletes the object and makes it anew, of another type. First it is tried whether the new one would be taken, so
   * that there is none only for a moment.
   */
  async recreate(
    desired: DesiredOutput,
    owner: SyncOwner,
    { uid, resourceVersion }: ActualOutput,
    signal: AbortSignal,
  ): Promise<KubernetesObject> {
    const resource = outputResource(desired.kind, desired.namespace);
    const { metadata, ...object } = buildOutput(desired, owner);
    const { name, ...others } = metadata;
    const trial = { ...object, metadata: { ...others, generateName: "sluice-trial-" } };
    await tryCreate(this.client, resource, trial, this.#call(signal));
    await deleteObject(this.client, resource, name, this.#call(signal), { uid, resourceVersion });
    return this.apply(desired, owner, {}, signal);
  }

  /**
   * Takes back all that a source wrote. The object goes as well if it was made by syncs, this was the last of them,
   * and nobody else has put anything into it. Tells what was done.
   */
  async release(
    key: OutputKey,
    owner: Pick<SyncOwner, "kind" | "name">,
    policy: CreationPolicy,
    signal: AbortSignal,
  ): Promise<"nothing" | "released" | "deleted"> {
    const { kind, namespace, name } = key;
    const before = await this.read(key, signal);
    const isIn = before?.marks.some((mark) => mark.kind === owner.kind && mark.name === owner.name) === true;
    if (before === undefined || !isIn || before.isTerminating) return "nothing";
    const resource = outputResource(kind, namespace);
    const released = await applyObject(
      this.client,
      resource,
      { apiVersion: "v1", kind, metadata: { name, namespace, uid: before.uid } as { name: string } },
      { fieldManager: fieldManagerOf(owner) },
      this.#call(signal),
    );
    const left = readOutput({ ...released, kind } as KubernetesObject);
    if (policy === "Merge" || left.data.size > 0 || marksOf(released).length > 0) return "released";
    const { uid, resourceVersion } = left;
    const isDeleted = await deleteObject(this.client, resource, name, this.#call(signal), {
      uid,
      resourceVersion,
    });
    return isDeleted ? "deleted" : "released";
  }

  #call(signal: AbortSignal): { signal: AbortSignal; timeoutMs: number; maxBytes: number } {
    return { signal, timeoutMs: this.timeoutMs, maxBytes: MAX_BYTES };
  }
}
