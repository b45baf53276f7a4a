import { setTimeout as sleep } from "node:timers/promises";
import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { noAnswer } from "../errors/no-answer.js";
import { isGone, isPassing } from "../errors/kubernetes-error.js";
import type { KubernetesObject } from "../objects/kubernetes-object.js";
import { listObjects } from "../objects/list-objects.js";
import { SilenceError } from "./read-lines.js";
import { watchDelay } from "./watch-delay.js";
import type { ObjectEvent } from "./watch-event.js";
import { watchOnce } from "./watch-once.js";
import { DEFAULT_MOST_FAILURES, type WatchQuery } from "./watch-query.js";

/**
 * What happens to objects, without end. It begins with `synced`, and whatever comes between (the server ends
 * the watch, the connection breaks or falls silent) is bridged from the last state seen, so that nothing is
 * missed; where the server has dropped that state, there is another `synced`. Ends by rejecting: with the
 * signal's reason, or when the server refuses, or fails too often in a row.
 *
 * @throws {KubernetesError}
 */
export async function* watchObjects(
  client: KubernetesClient,
  query: WatchQuery,
  options: CallOptions,
): AsyncGenerator<ObjectEvent, never, undefined> {
  let { resourceVersion } = query;
  let failures = 0;
  for (;;) {
    let heard = false;
    try {
      if (resourceVersion === undefined) {
        const synced = await sync(client, query, options);
        ({ resourceVersion } = synced);
        yield synced;
      }
      for await (const event of watchOnce(client, query, resourceVersion, options)) {
        heard = true;
        failures = 0;
        ({ resourceVersion } = event);
        yield "object" in event && query.keep !== undefined
          ? { ...event, object: query.keep(event.object) }
          : event;
      }
      // A server that ends watches at once must not be asked again at once.
      if (!heard) failures = Math.max(failures, 1);
    } catch (thrown) {
      options.signal.throwIfAborted();
      if (!(thrown instanceof SilenceError)) {
        const error = noAnswer(thrown);
        if (isGone(error)) resourceVersion = undefined;
        else if (!isPassing(error)) throw error;
        if (++failures > (query.mostFailures ?? DEFAULT_MOST_FAILURES)) throw error;
      }
    }
    await sleep(watchDelay(failures), undefined, { signal: options.signal }).catch(() =>
      options.signal.throwIfAborted(),
    );
  }
}

async function sync(
  client: KubernetesClient,
  query: WatchQuery,
  options: CallOptions,
): Promise<ObjectEvent & { kind: "synced" }> {
  const objects: KubernetesObject[] = [];
  let resourceVersion: string | undefined;
  for await (const page of listObjects(client, query, options)) {
    // Page by page, so that all of it is never there at once.
    for (const object of page.objects) objects.push(query.keep?.(object) ?? object);
    // After a restart pages may show different states: the earliest is safe to watch from.
    resourceVersion ??= page.resourceVersion;
  }
  return { kind: "synced", objects, resourceVersion: resourceVersion ?? "0" };
}
