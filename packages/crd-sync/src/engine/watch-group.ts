import type { EventBus } from "@sluice/core";
import type { KubernetesClient, ObjectEvent, WatchQuery } from "@sluice/kubernetes";
import type { SyncSource } from "../source/sync-source.js";
import { followObjects } from "./follow-objects.js";
import { watchProblem, type WatchRemedies } from "./watch-problem.js";

/** Something that is watched, and who takes what is told of it. */
export interface GroupedWatch {
  /** For people: `SecretSyncs in all namespaces`. */
  readonly what: string;
  readonly query: WatchQuery;
  readonly take: (event: ObjectEvent) => void;
  /** The kind, where the cluster may do without it: the others are done all the same. */
  readonly optional?: Pick<SyncSource, "apiVersion" | "kind"> | undefined;
}

export interface WatchGroupOptions {
  readonly client: KubernetesClient;
  readonly events: EventBus;
  readonly remedies: WatchRemedies;
  /** Ends all of them. */
  readonly signal: AbortSignal;
  /** Time for one call of the API, in milliseconds. */
  readonly timeoutMs: number;
  /** See {@link WatchQuery.idleMs}. */
  readonly idleMs?: number | undefined;
  /** Told once, when each of them has told all there is. */
  readonly onReady: () => void;
}

/** Watches that make sense only together: what they do not tell yet, and what is wrong with them at present. */
export class WatchGroup {
  readonly #options: WatchGroupOptions;
  readonly #watches: GroupedWatch[] = [];
  readonly #awaited = new Set<string>();
  readonly #problems = new Map<string, string>();
  /** Optional kinds that the cluster does without. */
  readonly #missing = new Set<string>();

  constructor(options: WatchGroupOptions) {
    this.#options = options;
  }

  /** What is wrong with them, in the order they were added. */
  get problem(): string | undefined {
    const failing = this.#watches.map(({ what }) => what).filter((what) => this.#problems.has(what));
    if (failing.length === 0) return undefined;
    const byProblem = Map.groupBy(failing, (what) => this.#problems.get(what));
    return Array.from(byProblem, ([problem, what]) => `${what.join(", ")}: ${problem}`).join("; ");
  }

  add(watch: GroupedWatch): void {
    this.#watches.push(watch);
    this.#awaited.add(watch.what);
  }

  /** Begins all of them. Resolves when the signal aborts. */
  async follow(): Promise<void> {
    await Promise.all(this.#watches.map(async (watch) => this.#follow(watch)));
  }

  async #follow({ what, query, take, optional }: GroupedWatch): Promise<void> {
    const { client, signal, timeoutMs, idleMs, remedies } = this.#options;
    await followObjects(
      client,
      { ...query, ...(idleMs !== undefined && { idleMs }) },
      {
        signal,
        timeoutMs,
        onEvent: (event) => {
          this.#missing.delete(what);
          take(event);
          if (event.kind === "synced") this.#known(what);
        },
        ...(optional !== undefined && { onMissing: () => this.#noteMissing(what, optional) }),
        onProblem: (thrown) =>
          this.#note(what, thrown === undefined ? undefined : watchProblem(thrown, remedies)),
      },
    );
  }

  /** A kind is known: all of it, or that the cluster does without it. */
  #known(what: string): void {
    if (this.#awaited.delete(what) && this.#awaited.size === 0) this.#options.onReady();
  }

  /** The others are done without it; should it come, or come back, it is seen by the next try. */
  #noteMissing(what: string, { apiVersion, kind }: Pick<SyncSource, "apiVersion" | "kind">): void {
    this.#note(what, undefined);
    if (!this.#missing.has(what)) {
      this.#missing.add(what);
      const message = `the cluster has no kind ${kind} of ${apiVersion}: install its CustomResourceDefinition. All else is done meanwhile`;
      this.#options.events.emit("sync-problem", { what, message });
    }
    this.#known(what);
  }

  #note(what: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(what);
    else {
      this.#problems.set(what, problem);
      this.#options.events.emit("sync-problem", { what, message: problem });
    }
  }
}
