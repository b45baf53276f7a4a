import type { EventBus } from "@sluice/core";
import type { PlannedNotify } from "@sluice/core/plan";
import { pause } from "../util/pause.js";
import { carryOut } from "./carry-out.js";
import type { AppToldEvent } from "../sidecar-events.js";
import type { NotTold } from "./notify-outcome.js";

/** How often and how fast apps are told of changes. */
export interface NotifierOptions {
  readonly events: EventBus;
  /** Pause for further changes before an app is told, in milliseconds; 300 by default. */
  readonly debounceMs?: number;
  /** Least time between two beginnings of the same action, in milliseconds; 2,000 by default. */
  readonly leastPauseMs?: number;
  /** Tries of one telling; 5 by default. */
  readonly attempts?: number;
  /** Time for one try, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  /** How an action is done; for tests. */
  readonly perform?: (action: PlannedNotify, signal: AbortSignal) => Promise<NotTold | undefined>;
}

const BACK_OFF_MS = { least: 500, most: 15_000 } as const;

/**
 * Tells apps of changes. The same action asked for by several files, or again while it waits, is done once; asked for
 * while it is done, once more afterwards.
 */
export class Notifier implements AsyncDisposable {
  readonly #options: Required<NotifierOptions>;
  readonly #closed = new AbortController();
  readonly #tellings = new Map<string, Telling>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: NotifierOptions) {
    this.#options = {
      debounceMs: 300,
      leastPauseMs: 2_000,
      attempts: 5,
      timeoutMs: 10_000,
      perform: carryOut,
      ...options,
    };
  }

  /** @param path - The file that changed, for events. */
  changed(path: string, actions: readonly PlannedNotify[]): void {
    if (this.#closed.signal.aborted) return;
    for (const action of actions) {
      const key = JSON.stringify(action);
      const telling = this.#tellings.get(key) ?? {
        action,
        files: new Set(),
        isWaiting: false,
        begunAt: -Infinity,
      };
      this.#tellings.set(key, telling);
      telling.files.add(path);
      if (telling.isWaiting) continue;
      telling.isWaiting = true;
      const run = this.#run(telling).catch(() => undefined);
      this.#running.add(run);
      void run.finally(() => this.#running.delete(run));
    }
  }

  /** Ends what waits and what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#running);
  }

  /** Rejects when we are closed. */
  async #run(telling: Telling): Promise<void> {
    const { debounceMs, leastPauseMs } = this.#options;
    const { signal } = this.#closed;
    // One at a time: an app that is told of a change while it still handles the last one is told again afterwards.
    const before = telling.underWay;
    telling.underWay = (async () => {
      await before?.catch(() => undefined);
      await pause(Math.max(debounceMs, telling.begunAt + leastPauseMs - Date.now()), signal);
      telling.isWaiting = false;
      telling.begunAt = Date.now();
      const files = Array.from(telling.files);
      telling.files.clear();
      await this.#tell(telling.action, files);
    })();
    await telling.underWay;
  }

  async #tell(action: PlannedNotify, files: readonly string[]): Promise<void> {
    const { attempts, timeoutMs, perform, events } = this.#options;
    const { signal } = this.#closed;
    for (let attempt = 1; ; attempt += 1) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const problem = await perform(action, bounded);
      signal.throwIfAborted();
      const common: AppToldEvent = { action: action.do, files, attempt };
      if (problem === undefined) return events.emit("app-told", common);
      const isLast = !problem.isPassing || attempt >= attempts;
      events.emit("app-not-told", { ...common, reason: problem.reason, isLast });
      if (isLast) return;
      const most = Math.min(BACK_OFF_MS.most, BACK_OFF_MS.least * 2 ** attempt);
      await pause(BACK_OFF_MS.least + Math.random() * most, signal);
    }
  }
}

interface Telling {
  readonly action: PlannedNotify;
  readonly files: Set<string>;
  isWaiting: boolean;
  begunAt: number;
  underWay?: Promise<void>;
}
