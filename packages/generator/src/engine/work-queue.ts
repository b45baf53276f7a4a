import pLimit from "p-limit";

export interface WorkQueueOptions {
  /** Does one thing; true when it is done, false or a number of milliseconds when it is to be tried again. */
  readonly work: (key: string) => Promise<boolean | number>;
  /** Things at the same time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Upper bound of the first pause, in milliseconds, doubled each time; 1,000 by default. */
  readonly baseDelayMs?: number;
  /** Upper bound of every pause, in milliseconds; 300,000 by default. What was asked for may be longer. */
  readonly maxDelayMs?: number;
  /** Tries in all; without end by default. */
  readonly mostAttempts?: number;
  /** Told of what work threw; it is tried again. */
  readonly onThrown: (key: string, thrown: unknown) => void;
}

interface Item {
  attempts: number;
  state: "queued" | "running" | "again" | "pausing";
  timer?: NodeJS.Timeout;
}

/**
 * Does things by their keys: each at most once at the same time, some of different keys at once, and again after a
 * pause, longer each time, while they do not succeed.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #items = new Map<string, Item>();
  readonly #limit: ReturnType<typeof pLimit>;
  #idle = Promise.withResolvers<void>();

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#limit = pLimit(options.concurrency);
    this.#idle.resolve();
    options.signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** Things that are not done. */
  get size(): number {
    return this.#items.size;
  }

  /**
   * Something is to be done. What runs is done once more afterwards.
   *
   * @param now whether to end the pause of what did not succeed
   */
  add(key: string, { now = false }: { readonly now?: boolean } = {}): void {
    if (this.#options.signal.aborted) return;
    const item = this.#items.get(key);
    if (item === undefined) {
      if (this.#items.size === 0) this.#idle = Promise.withResolvers<void>();
      const added: Item = { attempts: 0, state: "queued" };
      this.#items.set(key, added);
      this.#start(key, added);
    } else if (item.state === "running") item.state = "again";
    else if (item.state === "pausing" && now) this.#start(key, item);
  }

  /** Something need not be done any more; what runs ends by itself. */
  remove(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    clearTimeout(item.timer);
    this.#drop(key);
  }

  /** Resolves as soon as nothing is left to be done, or to be tried again. */
  async idle(): Promise<void> {
    await this.#idle.promise;
  }

  #start(key: string, item: Item): void {
    clearTimeout(item.timer);
    item.state = "queued";
    void this.#limit(async () => this.#run(key, item));
  }

  async #run(key: string, item: Item): Promise<void> {
    if (this.#items.get(key) !== item) return;
    item.state = "running";
    item.attempts += 1;
    let result: boolean | number = false;
    try {
      result = await this.#options.work(key);
    } catch (thrown) {
      if (!this.#options.signal.aborted) this.#options.onThrown(key, thrown);
    }
    if (this.#items.get(key) !== item || this.#options.signal.aborted) return;
    // Its state changes while it runs.
    if ((item.state as Item["state"]) === "again") return this.#start(key, item);
    const { mostAttempts = Infinity } = this.#options;
    if (result === true || item.attempts >= mostAttempts) return this.#drop(key);
    item.state = "pausing";
    item.timer = setTimeout(() => this.#start(key, item), this.#delay(item, result === false ? 0 : result));
  }

  /** Exponential back-off with jitter, half of it at least, after what was asked for. */
  #delay({ attempts }: Item, askedMs: number): number {
    const { baseDelayMs = 1_000, maxDelayMs = 300_000 } = this.#options;
    const bound = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempts - 1, 30));
    return Math.max(askedMs, bound * (0.5 + Math.random() / 2));
  }

  #drop(key: string): void {
    this.#items.delete(key);
    if (this.#items.size === 0) this.#idle.resolve();
  }

  #stop(): void {
    for (const { timer } of this.#items.values()) clearTimeout(timer);
    this.#items.clear();
    this.#idle.resolve();
  }
}
