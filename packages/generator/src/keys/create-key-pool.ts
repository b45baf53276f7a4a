import { availableParallelism } from "node:os";
import type { KeyMaker } from "./key-maker.js";
import { KeyMakerError } from "./key-maker.js";

/** How many threads make keys. */
export interface KeyPoolOptions {
  /** Threads at most; by default one less than there are processors, from 1 to 4. */
  readonly threads?: number;
  /** Milliseconds after which a thread without work ends; 30,000 by default. */
  readonly idleMs?: number;
}

/** Makes keys in threads of its own, so that seconds of searching for primes delay nothing else. None starts before the first key. */
export function createKeyPool({ threads, idleMs = 30_000 }: KeyPoolOptions = {}): KeyMaker {
  const maxThreads = threads ?? Math.min(4, Math.max(1, availableParallelism() - 1));
  const open = async () => {
    const { Piscina } = await import("piscina");
    const filename = new URL("./key-worker.js", import.meta.url).href;
    return new Piscina({ filename, name: "makeInWorker", minThreads: 0, maxThreads, idleTimeout: idleMs });
  };
  let pool: ReturnType<typeof open> | undefined;
  return {
    make: async (task, signal) => {
      signal.throwIfAborted();
      pool ??= open();
      const running = await pool;
      try {
        const bytes = (await running.run(task, { signal })) as Uint8Array | undefined;
        if (bytes !== undefined) return bytes;
      } catch (thrown) {
        signal.throwIfAborted();
        throw thrown;
      }
      throw new KeyMakerError();
    },
    [Symbol.asyncDispose]: async () => (await pool)?.destroy(),
  };
}
