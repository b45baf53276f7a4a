/** When something is looked at next: at a time that can be brought forward, never twice at once. */
export class LookTimer {
  readonly #look: () => Promise<void>;
  readonly #pause: () => number | undefined;
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;

  /**
   * @param look must not reject
   * @param pause milliseconds from the end of one look to the next; `undefined`: there is nothing to look for
   */
  constructor(look: () => Promise<void>, pause: () => number | undefined, signal: AbortSignal) {
    this.#look = look;
    this.#pause = pause;
    this.#signal = signal;
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  /** Looks in so many milliseconds at the latest. */
  within(delayMs: number): void {
    const at = Date.now() + delayMs;
    if (at >= this.#dueAt || this.#signal.aborted) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        this.#dueAt = Infinity;
        this.next();
      });
    }, delayMs);
    this.#timer.unref();
  }

  /** Looks after a pause at the latest. */
  next(): void {
    const pause = this.#pause();
    if (pause !== undefined) this.within(pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
  }
}
