import { setTimeout as sleep } from "node:timers/promises";
import { field, getObject, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import type { Logger } from "@sluice/service";

/** Where we are: a pod, and our own container in it. */
export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

/** How often the pod is looked at, in milliseconds. */
const LOOK_MS = 2_000;
const CALL_MS = 5_000;

/**
 * Settles when all other containers of the pod have ended for good: on clusters without native sidecars a job's pod would
 * else never end. While the pod cannot be read it goes on looking. Rejects with the signal's reason.
 */
export async function untilAppEnds(
  client: KubernetesClient,
  { namespace, name, container }: PodPlace,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  let isTold = false;
  for (;;) {
    try {
      const bounds = { signal, timeoutMs: CALL_MS };
      const pod = await getObject(client, { version: "v1", plural: "pods", namespace }, name, bounds);
      if (hasEnded(pod, container)) return;
    } catch (thrown) {
      signal.throwIfAborted();
      if (!KubernetesError.isInstance(thrown)) throw thrown;
      if (thrown.status === 404) return;
      // Once: without the right to read its pod it will not be told ever.
      if (!isTold) log.warn({ problem: thrown.problem }, "whether the app has ended cannot be told");
      isTold = true;
    }
    await sleep(LOOK_MS * (0.9 + Math.random() / 5), undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}

/** Whether every other container has ended, and none is started again. */
export function hasEnded(pod: unknown, own: string): boolean {
  const policy = field(field(pod, "spec"), "restartPolicy");
  const names = listOf(field(field(pod, "spec"), "containers")).map((each) => field(each, "name"));
  const statuses = listOf(field(field(pod, "status"), "containerStatuses"));
  return names
    .filter((name) => name !== own)
    .every((name) => {
      const status = statuses.find((each) => field(each, "name") === name);
      const code = field(field(field(status, "state"), "terminated"), "exitCode");
      return typeof code === "number" && (policy === "Never" || (policy === "OnFailure" && code === 0));
    });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
