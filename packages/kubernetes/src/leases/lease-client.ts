import type { KubernetesClient } from "../client/kubernetes-client.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { createObject } from "../objects/create-object.js";
import { getObject } from "../objects/get-object.js";
import { microTime } from "../objects/micro-time.js";
import { patchObject } from "../objects/patch-object.js";
import type { Resource } from "../objects/resource.js";
import { DEFAULT_LEASE_SECONDS, type LeadOptions } from "./lead-options.js";
import { type Lease, parseLease } from "./lease.js";

/** Reads and writes one Lease. Every write is of the state that was read, or it is refused. */
export class LeaseClient {
  readonly #client: KubernetesClient;
  readonly #options: LeadOptions;
  readonly #resource: Resource;

  constructor(client: KubernetesClient, options: LeadOptions) {
    this.#client = client;
    this.#options = options;
    const { namespace } = options;
    this.#resource = { group: "coordination.k8s.io", version: "v1", plural: "leases", namespace };
  }

  /** The lease as it is; undefined when there is none. */
  async read(signal: AbortSignal, timeoutMs: number): Promise<Lease | undefined> {
    try {
      return parseLease(
        await getObject(this.#client, this.#resource, this.#options.name, { signal, timeoutMs }),
      );
    } catch (error) {
      if (KubernetesError.isInstance(error) && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Makes the lease ours; undefined when somebody else wrote it since it was read. */
  async take(before: Lease | undefined, signal: AbortSignal, timeoutMs: number): Promise<Lease | undefined> {
    const { name, identity, leaseSeconds = DEFAULT_LEASE_SECONDS } = this.#options;
    const now = microTime(Date.now());
    const isOurs = before?.holder === identity;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      renewTime: now,
      ...(!isOurs && {
        acquireTime: now,
        leaseTransitions: before === undefined ? 0 : before.transitions + 1,
      }),
    };
    return this.#unlessWritten(async () => {
      if (before !== undefined) return this.#patch(before, spec, signal, timeoutMs);
      const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name }, spec };
      return parseLease(await createObject(this.#client, this.#resource, lease, { signal, timeoutMs }));
    });
  }

  /** Gives the lease back, so that nobody waits for it to end. */
  async giveBack(lease: Lease, signal: AbortSignal, timeoutMs: number): Promise<void> {
    await this.#unlessWritten(async () =>
      this.#patch(lease, { holderIdentity: "", leaseDurationSeconds: 1 }, signal, timeoutMs),
    );
  }

  async #patch(
    { resourceVersion }: Lease,
    spec: object,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<Lease> {
    const patch = { metadata: { resourceVersion }, spec };
    const { name } = this.#options;
    return parseLease(await patchObject(this.#client, this.#resource, name, patch, { signal, timeoutMs }));
  }

  async #unlessWritten(write: () => Promise<Lease>): Promise<Lease | undefined> {
    try {
      return await write();
    } catch (error) {
      if (KubernetesError.isInstance(error) && (error.status === 409 || error.status === 404))
        return undefined;
      throw error;
    }
  }
}
