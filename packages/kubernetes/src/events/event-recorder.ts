import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { createObject } from "../objects/create-object.js";
import { microTime } from "../objects/micro-time.js";
import { patchObject } from "../objects/patch-object.js";
import type { Resource } from "../objects/resource.js";
import { EventBudget, forgetOldest } from "./event-budget.js";
import type { EventSubject, EventToRecord } from "./event-to-record.js";

/** Who tells events of a cluster, and how many. */
export interface EventRecorderOptions {
  /** Who tells: `sluice.dev/broker`. */
  readonly controller: string;
  /** Which of them: the name of its pod. */
  readonly instance: string;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * - `created`: there is a new event; `counted`: one more of a series, which the cluster was told;
 * - `held`: one more, told with the next; `dropped`: too many about this object.
 */
export type EventOutcome = "created" | "counted" | "held" | "dropped";

interface Series {
  readonly resource: Resource;
  readonly name: string;
  count: number;
  writtenAt: number;
}

const MOST_REMEMBERED = 1000;
const SERIES_MS = 60_000;
const MOST_NOTE_BYTES = 1024;

/**
 * Writes events without flooding the cluster. The same again is counted on the event that is there, at most once
 * a minute; of others there are ten at once about an object, then one a minute.
 */
export class EventRecorder {
  readonly #client: KubernetesClient;
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #budget = new EventBudget({ burst: 10, everyMs: 60_000, most: MOST_REMEMBERED });

  constructor(client: KubernetesClient, options: EventRecorderOptions) {
    this.#client = client;
    this.#options = options;
  }

  /**
   * Tells an event.
   *
   * @throws {KubernetesError} when the cluster does not take it. What depends on it should go on.
   */
  async record(event: EventToRecord, call: CallOptions): Promise<EventOutcome> {
    const now = this.#options.now?.() ?? Date.now();
    const key = JSON.stringify([
      subjectKey(event.regarding),
      event.type,
      event.reason,
      event.action,
      event.note,
    ]);
    const series = this.#series.get(key);
    if (series !== undefined) {
      series.count++;
      if (now - series.writtenAt < SERIES_MS) return "held";
      if (await this.#count(series, now, call)) return "counted";
      // It has expired in the cluster.
      this.#series.delete(key);
    }
    if (!this.#budget.take(subjectKey(event.regarding), now)) return "dropped";
    this.#series.set(key, await this.#create(event, now, call));
    forgetOldest(this.#series, MOST_REMEMBERED);
    return "created";
  }

  async #create(event: EventToRecord, now: number, call: CallOptions): Promise<Series> {
    const { regarding, type, reason, action, note } = event;
    const { controller, instance } = this.#options;
    const namespace = regarding.namespace ?? "default";
    const resource = { group: "events.k8s.io", version: "v1", plural: "events", namespace };
    const { metadata } = await createObject(
      this.#client,
      resource,
      {
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { generateName: `${regarding.name}-`, namespace },
        eventTime: microTime(now),
        reportingController: controller,
        reportingInstance: instance,
        action,
        reason,
        type,
        regarding,
        note: cut(note),
      },
      call,
    );
    return { resource, name: metadata.name, count: 1, writtenAt: now };
  }

  async #count(series: Series, now: number, call: CallOptions): Promise<boolean> {
    const patch = { series: { count: series.count, lastObservedTime: microTime(now) } };
    try {
      await patchObject(this.#client, series.resource, series.name, patch, call);
    } catch (error) {
      if (KubernetesError.isInstance(error) && error.status === 404) return false;
      throw error;
    }
    series.writtenAt = now;
    return true;
  }
}

function subjectKey({ kind, namespace = "", name, uid }: EventSubject): string {
  return `${kind} ${namespace}/${name} ${uid}`;
}

/** As much of a text as a note may have in bytes, without half a character at its end. */
function cut(note: string): string {
  const bytes = new TextEncoder().encode(note).subarray(0, MOST_NOTE_BYTES);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}
