import type { Workload } from "../audit/audit-events.js";
import type { BrokerCluster } from "../cluster/broker-cluster.js";
import { giveBack, type TakenLease } from "./request-leases.js";

interface PodEntry {
  readonly namespace: string;
  readonly leases: TakenLease[];
}

const TIMEOUT_MS = 30_000;

/** How often it is asked which pods still live, in milliseconds. */
const EVERY_MS = 30_000;

/**
 * The leases behind what pods were given. Their resolvers renew them; here they are given back once their pod is
 * gone or has finished. Only namespaces with such pods are looked at, and of pods only their metadata.
 */
export class PodLeases implements Disposable {
  readonly #pods = new Map<string, PodEntry>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly cluster: Pick<BrokerCluster, "livingPods">,
    everyMs: number = EVERY_MS,
  ) {
    this.#timer = setInterval(() => void this.sweep(), everyMs).unref();
  }

  /** Leases that are kept at present. */
  get size(): number {
    return Array.from(this.#pods.values()).reduce((sum, { leases }) => sum + leases.length, 0);
  }

  keep({ namespace, podUid }: Workload, leases: readonly TakenLease[]): void {
    if (leases.length === 0) return;
    const entry = this.#pods.get(podUid) ?? { namespace, leases: [] };
    entry.leases.push(...leases);
    this.#pods.set(podUid, entry);
  }

  /** Gives back what pods that are gone had. A namespace that cannot be looked at keeps its leases. */
  async sweep(): Promise<void> {
    const namespaces = new Set(Array.from(this.#pods.values(), ({ namespace }) => namespace));
    for (const namespace of namespaces) {
      const before = Array.from(this.#pods).filter(([, entry]) => entry.namespace === namespace);
      const living = await this.cluster
        .livingPods(namespace, AbortSignal.timeout(TIMEOUT_MS))
        .catch(() => undefined);
      if (living === undefined) continue;
      // Those that came meanwhile may be missing in the list.
      for (const [uid, { leases }] of before) {
        // Of two looks at the same time one gives back.
        if (living.has(uid) || !this.#pods.delete(uid)) continue;
        await Promise.all(leases.map(giveBack));
      }
    }
  }

  /** Lets all be: their pods live on, and the leases last as long as their stores let them. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const { leases } of this.#pods.values())
      for (const { borrowed } of leases) borrowed[Symbol.dispose]();
    this.#pods.clear();
  }
}
