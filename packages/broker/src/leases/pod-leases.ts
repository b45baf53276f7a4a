import type { Pod } from "@sluice/kubernetes";
import type { Workload } from "../audit/audit-events.js";
import type { BrokerCluster } from "../cluster/broker-cluster.js";
import { findContainer } from "../rules/find-container.js";
import { isEarlierStart, type ServedStart } from "./is-earlier-start.js";
import { giveBack, type TakenLease } from "./request-leases.js";

/** Leases that went to one start of a container. */
interface ServedLeases extends ServedStart {
  readonly container: string;
  readonly leases: readonly TakenLease[];
}

interface PodEntry {
  readonly namespace: string;
  readonly name: string;
  served: ServedLeases[];
  /** As the pod was when its containers were last looked at; absent when they are to be looked at anyway. */
  seen?: string;
}

const TIMEOUT_MS = 30_000;

/** How often it is asked which pods still live, in milliseconds. */
const EVERY_MS = 30_000;

/**
 * The leases behind what pods were given. Their resolvers renew them; here they are given back once their pod is
 * gone or has finished, or the start of the container is over that they went to. Only namespaces with such pods are
 * looked at, and of pods only their metadata, until that says that something of one has changed.
 *
 * @see docs/spec/protocol-v1.md, 7.13
 */
export class PodLeases implements Disposable {
  readonly #pods = new Map<string, PodEntry>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly cluster: Pick<BrokerCluster, "livingPods" | "readPod">,
    everyMs: number = EVERY_MS,
  ) {
    this.#timer = setInterval(() => void this.sweep(), everyMs).unref();
  }

  /** Leases that are kept at present. */
  get size(): number {
    const served = Array.from(this.#pods.values()).flatMap((entry) => entry.served);
    return served.reduce((sum, { leases }) => sum + leases.length, 0);
  }

  /** Keeps what one start of a container was given. An earlier try of the same launcher was of no use to it. */
  async keep(workload: Workload, { ticket, servedAt }: ServedStart, leases: TakenLease[]): Promise<void> {
    if (leases.length === 0) return;
    const { namespace, pod: name, podUid, container } = workload;
    const entry = this.#pods.get(podUid) ?? { namespace, name, served: [] };
    const before = takeOut(entry, (one) => one.container === container && one.ticket.nonce === ticket.nonce);
    entry.served.push({ container, ticket, servedAt, leases });
    delete entry.seen;
    this.#pods.set(podUid, entry);
    await giveAllBack(before);
  }

  /** Gives back what nobody has any more. What cannot be looked at keeps its leases. */
  async sweep(): Promise<void> {
    const namespaces = new Set(Array.from(this.#pods.values(), ({ namespace }) => namespace));
    for (const namespace of namespaces) {
      const before = Array.from(this.#pods).filter(([, entry]) => entry.namespace === namespace);
      const living = await this.cluster
        .livingPods(namespace, AbortSignal.timeout(TIMEOUT_MS))
        .catch(() => undefined);
      if (living === undefined) continue;
      // Those that came meanwhile may be missing in the list.
      for (const [uid, entry] of before) {
        const version = living.get(uid);
        if (version !== undefined) await this.#lookAt(uid, entry, version);
        // Of two looks at the same time one gives back.
        else if (this.#drop(uid, entry)) await giveAllBack(entry.served);
      }
    }
  }

  async #lookAt(uid: string, entry: PodEntry, version: string): Promise<void> {
    if (entry.seen === version) return;
    const { namespace, name } = entry;
    const pod = await this.cluster
      .readPod(namespace, name, AbortSignal.timeout(TIMEOUT_MS))
      .catch(() => undefined);
    if (pod?.uid !== uid) return;
    const now = Date.now();
    const over = takeOut(entry, (served) => isOver(served, pod, now));
    // What is reported may yet turn out to be an end: it is looked at again until that counts.
    if (entry.served.every((served) => isSettled(served, pod))) entry.seen = version;
    if (entry.served.length === 0) this.#drop(uid, entry);
    await giveAllBack(over);
  }

  #drop(uid: string, entry: PodEntry): boolean {
    return this.#pods.get(uid) === entry && this.#pods.delete(uid);
  }

  /** Lets all be: their pods live on, and the leases last as long as their stores let them. See docs/adr/0002-leases.md. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const { served } of this.#pods.values())
      for (const { leases } of served) for (const { borrowed } of leases) borrowed[Symbol.dispose]();
    this.#pods.clear();
  }
}

function isOver(served: ServedLeases, pod: Pod, now: number): boolean {
  const found = findContainer(pod, served.container);
  return found !== undefined && isEarlierStart(served, found.observed, now);
}

function isSettled(served: ServedLeases, pod: Pod): boolean {
  return !isOver(served, pod, Infinity);
}

/** Takes some out at once, so that nobody else gives them back as well. */
function takeOut(entry: PodEntry, which: (served: ServedLeases) => boolean): ServedLeases[] {
  const [taken, left] = [entry.served.filter(which), entry.served.filter((served) => !which(served))];
  entry.served = left;
  return taken;
}

async function giveAllBack(served: readonly ServedLeases[]): Promise<void> {
  await Promise.all(served.flatMap(({ leases }) => leases.map(giveBack)));
}
