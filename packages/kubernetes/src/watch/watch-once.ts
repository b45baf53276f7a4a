import { type CallOptions, DEFAULT_MAX_BYTES } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { METADATA_OF_ONE } from "../objects/media-types.js";
import { resourcePath } from "../objects/resource.js";
import { parseEvent } from "./parse-event.js";
import { readLines } from "./read-lines.js";
import type { ObjectEvent } from "./watch-event.js";
import { DEFAULT_IDLE_MS, DEFAULT_SERVER_TIMEOUT_SECONDS, type WatchQuery } from "./watch-query.js";

/**
 * One connection of a watch, from a state on until the server ends it.
 *
 * @throws {KubernetesError} when it breaks; with `status` 410 when the server has dropped that state.
 * @throws {SilenceError} when nothing was heard for `idleMs`.
 */
export async function* watchOnce(
  client: KubernetesClient,
  query: WatchQuery,
  resourceVersion: string,
  options: CallOptions,
): AsyncGenerator<ObjectEvent, void, undefined> {
  const response = await client.stream(
    {
      path: resourcePath(query.resource),
      query: {
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion,
        timeoutSeconds: String(query.serverTimeoutSeconds ?? DEFAULT_SERVER_TIMEOUT_SECONDS),
        fieldSelector: query.fieldSelector,
        labelSelector: query.labelSelector,
      },
      ...(query.metadataOnly === true && { accept: METADATA_OF_ONE }),
    },
    options,
  );
  const bounds = { idleMs: query.idleMs ?? DEFAULT_IDLE_MS, maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES };
  for await (const line of readLines(response, bounds)) yield parseEvent(line);
}
