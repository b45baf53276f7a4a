export interface WorkQueueOptions {
  /** Does one item. It must not reject. */
  readonly work: (item: string) => Promise<void>;
  /** Items at the same time. */
  readonly concurrency: number;
  /** Those of them that only urgent items may take; at least one is left for the others. */
  readonly reserved: number;
  /** First pause before an item that failed, in milliseconds, doubled each time; 1 second by default. */
  readonly firstPauseMs?: number;
  /** Longest pause, in milliseconds; 5 minutes by default. */
  readonly longestPauseMs?: number;
  readonly random?: () => number;
}

/**
 * Items that are to be done: each once, however often it was added meanwhile, and never twice at the same time.
 * Urgent ones go first and have places of their own, so that they do not wait behind ten thousand others that are
 * slow. (General queues know priorities, but neither of the first two, nor a pause of each item's own.)
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #urgent = new Set<string>();
  readonly #normal = new Set<string>();
  readonly #running = new Map<string, { isUrgent: boolean; again?: "urgent" | "normal" }>();
  readonly #paused = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  readonly #failures = new Map<string, number>();
  #isDraining = false;
  #idle = Promise.withResolvers<void>();

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Items that wait for a place. */
  get waiting(): number {
    return this.#urgent.size + this.#normal.size;
  }

  /** Items that are being done. */
  get running(): number {
    return this.#running.size;
  }

  /** Items that wait for their time. */
  get paused(): number {
    return this.#paused.size;
  }

  /** Has an item done as soon as there is a place. */
  add(item: string, { urgent = false }: { readonly urgent?: boolean } = {}): void {
    if (this.#isDraining) return;
    const running = this.#running.get(item);
    if (running !== undefined) {
      if (running.again !== "urgent") running.again = urgent ? "urgent" : "normal";
      return;
    }
    if (urgent) {
      this.#normal.delete(item);
      this.#urgent.add(item);
    } else if (!this.#urgent.has(item)) this.#normal.add(item);
    this.#start();
  }

  /** Has an item done at a time, in milliseconds since the epoch, or earlier if it was to be done earlier. */
  addAt(item: string, at: number): void {
    const before = this.#paused.get(item);
    if (this.#isDraining || (before !== undefined && before.at <= at)) return;
    clearTimeout(before?.timer);
    const timer = setTimeout(
      () => {
        this.#paused.delete(item);
        // A timer lasts 24 days at most.
        if (Date.now() < at - 1) this.addAt(item, at);
        else this.add(item);
      },
      Math.min(Math.max(0, at - Date.now()), 2 ** 31 - 1),
    );
    timer.unref();
    this.#paused.set(item, { timer, at });
  }

  /** Has an item done again, after a pause that grows with each failure in a row. */
  retry(item: string): void {
    const { firstPauseMs = 1_000, longestPauseMs = 300_000, random = Math.random } = this.#options;
    const failures = this.#failures.get(item) ?? 0;
    this.#failures.set(item, failures + 1);
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 30));
    this.addAt(item, Date.now() + longest * (0.5 + random() / 2));
  }

  /** An item succeeded: its next failure is the first one. */
  succeed(item: string): void {
    this.#failures.delete(item);
  }

  /** An item is no more. */
  forget(item: string): void {
    this.#failures.delete(item);
    clearTimeout(this.#paused.get(item)?.timer);
    this.#paused.delete(item);
  }

  /** Begins nothing new, and resolves when what is under way is done. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#urgent.clear();
    this.#normal.clear();
    for (const { timer } of this.#paused.values()) clearTimeout(timer);
    this.#paused.clear();
    if (this.#running.size === 0) this.#idle.resolve();
    await this.#idle.promise;
  }

  #start(): void {
    const { concurrency, reserved } = this.#options;
    for (;;) {
      if (this.#running.size >= concurrency) return;
      const ordinary = Array.from(this.#running.values()).filter(({ isUrgent }) => !isUrgent).length;
      const mayBeNormal = ordinary < Math.max(1, concurrency - reserved);
      const isUrgent = this.#urgent.size > 0;
      const [item] = isUrgent ? this.#urgent : mayBeNormal ? this.#normal : [];
      if (item === undefined) return;
      (isUrgent ? this.#urgent : this.#normal).delete(item);
      void this.#run(item, isUrgent);
    }
  }

  async #run(item: string, isUrgent: boolean): Promise<void> {
    const state: { isUrgent: boolean; again?: "urgent" | "normal" } = { isUrgent };
    this.#running.set(item, state);
    try {
      await this.#options.work(item);
    } finally {
      this.#running.delete(item);
      if (state.again !== undefined) this.add(item, { urgent: state.again === "urgent" });
      if (this.#isDraining && this.#running.size === 0) this.#idle.resolve();
      this.#start();
    }
  }
}
