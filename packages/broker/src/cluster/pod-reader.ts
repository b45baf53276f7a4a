import { unlessAborted } from "@sluice/core";
import type { Pod } from "@sluice/kubernetes";
import type { BrokerCluster } from "./broker-cluster.js";

type Read = Promise<Pod | undefined>;

interface Reads {
  running: Read;
  /** Begins when that under way has ended. */
  next?: Read;
}

/** Longest that one read of a pod may take, in milliseconds, whoever waits for it. */
const TIMEOUT_MS = 10_000;

/**
 * Reads pods as they are now. Requests that come while one reads a pod share the read after that: none gets a pod
 * as it was before it asked.
 */
export class PodReader {
  readonly #reads = new Map<string, Reads>();

  constructor(private readonly cluster: Pick<BrokerCluster, "readPod">) {}

  /** `undefined` when it is gone. Rejects with the signal's reason, or a `KubernetesError`. */
  async read(namespace: string, name: string, signal: AbortSignal): Promise<Pod | undefined> {
    return unlessAborted(signal, this.#join(namespace, name));
  }

  /**
   * Begins to read one before it is known who asks, while the API server is asked that. Nothing of it is told: whoever
   * asked reads it by the result, which gives what was begun if it is the same pod, and else reads anew.
   */
  begin(
    expected: { readonly namespace: string; readonly name: string } | undefined,
  ): Pick<PodReader, "read"> {
    if (expected === undefined) return this;
    const begun = this.#join(expected.namespace, expected.name);
    // Where it is of no use, it failed for nobody.
    begun.catch(() => undefined);
    return {
      read: async (namespace, name, signal) =>
        namespace === expected.namespace && name === expected.name
          ? unlessAborted(signal, begun)
          : this.read(namespace, name, signal),
    };
  }

  #join(namespace: string, name: string): Read {
    const key = `${namespace}/${name}`;
    const begin = async (): Read => this.cluster.readPod(namespace, name, AbortSignal.timeout(TIMEOUT_MS));
    const reads = this.#reads.get(key);
    if (reads === undefined) {
      const first: Reads = { running: begin() };
      this.#reads.set(key, first);
      void this.#follow(key, first);
      return first.running;
    }
    reads.next ??= settled(reads.running).then(begin);
    return reads.next;
  }

  /** Until nobody waits for another read. */
  async #follow(key: string, reads: Reads): Promise<void> {
    for (;;) {
      await settled(reads.running);
      if (reads.next === undefined) break;
      reads.running = reads.next;
      delete reads.next;
    }
    this.#reads.delete(key);
  }
}

async function settled(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined);
}
