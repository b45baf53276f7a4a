import { type EventBus, type SecretResolver, thrownName } from "@sluice/core";
import type { CallOptions, KubernetesClient } from "@sluice/kubernetes";
import type { Subject } from "../audit/generator-events.js";
import { LeaseKeeper, type KeeperResult } from "../leases/lease-keeper.js";
import { LeaseLedger, listLedgers } from "../leases/lease-ledger.js";
import { leasePath, type LeaseSpace, spaceId } from "../leases/lease-space.js";
import { LeaseStore } from "../leases/lease-store.js";
import { podKey, type PodName } from "../leases/ledger-entry.js";
import type { WantedLease } from "../wanted/wanted-lease.js";
import { isPodAlive } from "./is-pod-alive.js";
import { WorkQueue } from "./work-queue.js";

export interface LeaseWorkOptions {
  readonly client: KubernetesClient;
  readonly resolver: SecretResolver;
  readonly events: EventBus;
  /** Namespace of the ledgers. */
  readonly namespace: string;
  readonly identity: string;
  /** Whether every pod of a namespace was told. */
  readonly knows: (namespace: string) => boolean;
  readonly signal: AbortSignal;
  /** Tries in all; without end by default. */
  readonly mostAttempts?: number;
  /** Told of a pod for which there is no number. */
  readonly onRefused?: (pod: Subject, message: string) => void;
}

/** Time between tries of a pod for which there is no number, and of what others are at work on, in milliseconds. */
const REFUSED_MS = 60_000;
const PENDING_MS = 1_000;

/** Time between looks at everything that is held, in milliseconds: a pod may have stopped to ask before it went. */
const RESYNC_MS = 300_000;

/** Sees to it that each pod that asks for a number has one, and that numbers of pods that are gone are free. */
export class LeaseWork {
  readonly #options: LeaseWorkOptions;
  readonly #keepers = new Map<string, { readonly space: LeaseSpace; readonly keeper: LeaseKeeper }>();
  /** The spaces that a pod has a number of, or asks for one, and the pod itself. */
  readonly #pods = new Map<string, { readonly pod: Subject; readonly spaces: ReadonlySet<string> }>();
  readonly #queue: WorkQueue;

  constructor(options: LeaseWorkOptions) {
    this.#options = options;
    const { signal, mostAttempts, events } = options;
    this.#queue = new WorkQueue({
      work: async (id) => this.#work(id),
      concurrency: 4,
      maxDelayMs: 60_000,
      signal,
      ...(mostAttempts !== undefined && { mostAttempts }),
      onThrown: (id, thrown) => {
        const space = this.#keepers.get(id)?.space;
        const reason = thrownName(thrown);
        events.emit("generator-failed", { what: "leases", errorName: reason });
        if (space !== undefined)
          events.emit("lease-failed", { store: space.store, prefix: space.prefix, reason });
      },
    });
    const resync = setInterval(() => this.#lookAtAll(), RESYNC_MS).unref();
    signal.addEventListener("abort", () => clearInterval(resync), { once: true });
  }

  /** Spaces that have something to be done. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Numbers that pods have, as far as is known. */
  get held(): number {
    return Array.from(this.#keepers.values()).reduce((sum, { keeper }) => sum + keeper.held, 0);
  }

  /**
   * Looks at the leases of every ledger, also of those that no pod asks for any more.
   *
   * @throws {KubernetesError}
   */
  async begin(): Promise<void> {
    for (const space of await listLedgers(this.#options.client, this.#options.namespace, this.#call()))
      this.#queue.add(this.#keeperOf(space), { now: true });
  }

  /** What a pod asks for, all of it. */
  want(pod: Subject, leases: readonly WantedLease[]): void {
    const before = this.#pods.get(podKey(pod))?.spaces ?? new Set<string>();
    const spaces = new Set<string>();
    for (const { store, prefix, key, rangeStart, rangeEnd } of leases) {
      const id = this.#keeperOf({ store, prefix, ...(key !== undefined && { key }) });
      spaces.add(id);
      this.#keepers.get(id)?.keeper.add({ pod: nameOf(pod), rangeStart, rangeEnd });
      if (!before.has(id)) this.#queue.add(id, { now: true });
    }
    for (const id of before) if (!spaces.has(id)) this.#leave(id, pod);
    if (spaces.size > 0) this.#pods.set(podKey(pod), { pod, spaces });
    else this.#pods.delete(podKey(pod));
  }

  /** A pod is gone. */
  forget(pod: PodName): void {
    const spaces = this.#pods.get(podKey(pod))?.spaces ?? [];
    this.#pods.delete(podKey(pod));
    for (const id of spaces) this.#leave(id, pod);
  }

  /** Forgets the pods that are not among these, by {@link podKey}, and looks at all that is held. */
  retain(alive: ReadonlySet<string>): void {
    for (const [key, { pod }] of Array.from(this.#pods)) if (!alive.has(key)) this.forget(pod);
    this.#lookAtAll();
  }

  /** Resolves when nothing is left to be tried. */
  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  #lookAtAll(): void {
    for (const id of this.#keepers.keys()) this.#queue.add(id, { now: true });
  }

  #leave(id: string, pod: PodName): void {
    this.#keepers.get(id)?.keeper.remove(pod);
    this.#queue.add(id, { now: true });
  }

  #keeperOf(space: LeaseSpace): string {
    const id = spaceId(space);
    if (this.#keepers.has(id)) return id;
    const { client, resolver, namespace, identity, events, signal } = this.#options;
    const tell = (name: "lease-claimed" | "lease-released") => (pod: PodName, index: number) =>
      events.emit(name, { store: space.store, path: leasePath(space, index), pod: podKey(pod) });
    const keeper = new LeaseKeeper({
      ledger: new LeaseLedger(client, namespace, space),
      store: new LeaseStore({ resolver, space, signal }),
      identity,
      isAlive: async (pod, call) => isPodAlive(client, pod, call),
      onClaimed: tell("lease-claimed"),
      onReleased: tell("lease-released"),
      signal,
    });
    this.#keepers.set(id, { space, keeper });
    return id;
  }

  async #work(id: string): Promise<boolean | number> {
    const kept = this.#keepers.get(id);
    if (kept === undefined) return true;
    const { keeper, space } = kept;
    const result = await keeper.reconcile(this.#options.knows);
    this.#report(space, result);
    if (keeper.isIdle) this.#keepers.delete(id);
    if (result.failures.length > 0)
      return Math.max(...result.failures.map(({ failure }) => failure.retryAfterMs ?? 0)) || false;
    if (result.pending) return PENDING_MS;
    return result.refused.length === 0 || REFUSED_MS;
  }

  #report({ store, prefix }: LeaseSpace, { refused, failures }: KeeperResult): void {
    const { events, onRefused } = this.#options;
    for (const { claimant, reason } of refused) {
      const pod = podKey(claimant.pod);
      events.emit("lease-failed", { store, prefix, pod, reason });
      const subject = this.#pods.get(pod)?.pod;
      if (subject === undefined) continue;
      const { rangeStart, rangeEnd } = claimant;
      onRefused?.(
        subject,
        reason === "range-full"
          ? `${prefix} of store ${store} has no free number from ${rangeStart} to ${rangeEnd}. Widen the range, or run fewer pods`
          : `${prefix} of store ${store} has a number for a pod of this name in another namespace. Use another storage prefix or key`,
      );
    }
    for (const { pod, failure } of failures) {
      events.emit("lease-failed", { store, prefix, pod: podKey(pod), reason: failure.reason });
      const subject = this.#pods.get(podKey(pod))?.pod;
      const { status, reason, message = `is ${status} (${reason})`, remedy = "It is tried again" } = failure;
      if (subject !== undefined) onRefused?.(subject, `${prefix} of store ${store} ${message}. ${remedy}`);
    }
  }

  #call(): CallOptions {
    return { signal: this.#options.signal };
  }
}

function nameOf({ namespace, name }: PodName): PodName {
  return { namespace, name };
}
