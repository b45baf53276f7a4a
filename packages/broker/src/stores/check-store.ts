import { StoreError } from "@sluice/core";
import { failedCheck, type Store, type StoreCheck, storeCheckOf } from "@sluice/kubernetes/stores";
import { ProblemError } from "@sluice/protocol";
import type { StorePool } from "./store-pool.js";

/**
 * Whether a store can be read from, as far as that can be told without a pod: what acts as the pod is opened, and not
 * logged in to, for it must not be as anybody else.
 */
export async function checkStore(
  pool: Pick<StorePool, "refresh" | "borrow">,
  store: Store,
  signal: AbortSignal,
): Promise<StoreCheck> {
  try {
    await pool.refresh(store);
    using borrowed = await pool.borrow(store);
    signal.throwIfAborted();
    if (store.identity.as === "pod")
      return opened("It acts as the pod that asks, so whether it answers is seen when one does");
    return storeCheckOf(await borrowed.resolver.check(store.name, { signal }));
  } catch (thrown) {
    signal.throwIfAborted();
    if (StoreError.isInstance(thrown) && thrown.failure.status === "unsupported")
      return opened("Its provider cannot look whether it answers");
    // The same as a launcher is told.
    if (ProblemError.isInstance(thrown) && thrown.detail.reason === "store-invalid")
      return { ready: false, reason: "Invalid", message: thrown.detail.message };
    return failedCheck(thrown);
  }
}

function opened(message: string): StoreCheck {
  return { ready: true, reason: "Opened", message };
}
