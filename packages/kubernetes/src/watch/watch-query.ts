import type { KubernetesObject } from "../objects/kubernetes-object.js";
import type { ListQuery } from "../objects/list-query.js";

/** What to watch, and how patiently. */
export interface WatchQuery extends Omit<ListQuery, "continueToken"> {
  /** Begin after this state instead of with `synced`; a state the server has dropped is passed over. */
  readonly resourceVersion?: string;
  /**
   * Milliseconds of silence after which the connection is given up and made anew; 75 seconds by default. A server
   * with nothing to tell sends a bookmark every minute.
   */
  readonly idleMs?: number;
  /** After how many seconds the server is to end the watch, so that load spreads; 5 minutes by default. */
  readonly serverTimeoutSeconds?: number;
  /** What is kept of each object, so that many take less memory; all of it by default. */
  readonly keep?: (object: KubernetesObject) => KubernetesObject;
  /** Failures in a row, with pauses between, after which the watch gives up; 5 by default. */
  readonly mostFailures?: number;
}

/** Default of {@link WatchQuery.idleMs}. */
export const DEFAULT_IDLE_MS = 75_000;

/** Default of {@link WatchQuery.serverTimeoutSeconds}. */
export const DEFAULT_SERVER_TIMEOUT_SECONDS = 300;

/** Default of {@link WatchQuery.mostFailures}. */
export const DEFAULT_MOST_FAILURES = 5;
