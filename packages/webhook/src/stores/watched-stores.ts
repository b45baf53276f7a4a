import type { StoreCatalogue, StoreLookup } from "@sluice/kubernetes/stores";
import type { KnownStores } from "./known-stores.js";

/** How long a catalogue may take to know what it does not know yet, in milliseconds. */
export interface StorePatience {
  /** To be filled after the start; 3,000 by default. */
  readonly readyMs?: number;
  /** To hear of a store that was applied together with the pod that names it; 1,000 by default. */
  readonly missingMs?: number;
}

/** The stores of a catalogue. One that is not known yet is waited for a moment. */
export function watchedStores(
  catalogue: Pick<StoreCatalogue, "find" | "ready" | "onChange">,
  { readyMs = 3_000, missingMs = 1_000 }: StorePatience = {},
): KnownStores {
  return {
    find: async (namespace, name, signal) => {
      const look = (): StoreLookup => catalogue.find(namespace, name);
      if (look().status === "unknown")
        // Its rejection is the end of the time; what is known then counts.
        await catalogue.ready(AbortSignal.any([signal, AbortSignal.timeout(readyMs)])).catch(() => undefined);
      if (look().status === "missing")
        await changed(catalogue, () => look().status !== "missing", missingMs, signal);
      return look();
    },
  };
}

/** Resolves when a change makes it hold, when the time is over, or when nobody waits any more. */
async function changed(
  catalogue: Pick<StoreCatalogue, "onChange">,
  holds: () => boolean,
  mostMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  using _listening = catalogue.onChange(() => holds() && end());
  const timer = setTimeout(end, mostMs);
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
}
