import { vi } from "vitest";
import type { WatchEvent } from "../provider/watch.js";
import { memoryStore, type MemoryStore, QUICK, type Script } from "./memory-provider.test-support.js";
import type { SecretChange } from "./secret-change.js";

export const DB = "secret://prod/db";
export const ONE_TRY = { retry: { ...QUICK, attempts: 1 } } as const;

/** Lets time pass, and what is due in it be done. */
export const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

/** A provider's watch that tests speak for. */
export class WatchScript {
  readonly started: { readonly paths: readonly string[]; readonly signal: AbortSignal }[] = [];
  #waiting = Promise.withResolvers<void>();
  #events: (WatchEvent | Error)[] = [];

  say(...events: (WatchEvent | Error)[]): void {
    this.#events.push(...events);
    this.#waiting.resolve();
  }

  readonly watch = async function* (
    this: WatchScript,
    { paths }: { readonly paths: readonly string[] },
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<WatchEvent> {
    this.started.push({ paths, signal });
    yield { kind: "resync" };
    for (;;) {
      for (const event of this.#events.splice(0)) {
        if (event instanceof Error) throw event;
        yield event;
      }
      this.#waiting = Promise.withResolvers();
      await this.#waiting.promise;
    }
  }.bind(this);
}

/** A store whose provider has such a watch. */
export function watching(scripts: Record<string, Script>): { store: MemoryStore; script: WatchScript } {
  const script = new WatchScript();
  return {
    script,
    store: memoryStore(scripts, { capabilities: { watch: true }, verbs: { watch: script.watch } }),
  };
}

/** Follows a watch from its first `next()` on. */
export function follow(changes: AsyncIterable<SecretChange>): { seen: string[]; ended: Promise<void> } {
  const seen: string[] = [];
  const ended = (async () => {
    for await (const { label, kind, value, version } of changes)
      seen.push([label, kind, value?.text(), version].filter((part) => part !== undefined).join(" "));
  })();
  return { seen, ended };
}
