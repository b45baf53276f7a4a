import { setTimeout as sleep } from "node:timers/promises";
import { type KubernetesClient, type ObjectEvent, watchObjects, type WatchQuery } from "@sluice/kubernetes";
import { isMissingKind } from "./missing-kind.js";

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Time for one call of the API, in milliseconds. */
  readonly timeoutMs: number;
  readonly onEvent: (event: ObjectEvent) => void;
  /** Told what was thrown; `undefined` when all is well again. */
  readonly onProblem: (thrown: unknown) => void;
  /** Told, instead of a problem, that the cluster has no such kind. */
  readonly onMissing?: () => void;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** A watch that never gives up: whatever ends it, it begins anew with all there is. Resolves when the signal aborts. */
export async function followObjects(
  client: KubernetesClient,
  query: WatchQuery,
  { signal, timeoutMs, onEvent, onProblem, onMissing }: FollowOptions,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      // Every failure comes here, also when the server's history was set back.
      for await (const event of watchObjects(client, { ...query, mostFailures: 0 }, { signal, timeoutMs })) {
        onEvent(event);
        failures = 0;
        onProblem(undefined);
      }
    } catch (thrown) {
      failures += 1;
      if (signal.aborted) break;
      if (onMissing !== undefined && isMissingKind(thrown)) onMissing();
      else onProblem(thrown);
    }
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
    // Its rejection is the abort, which ends the loop.
    await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}
