/** The result of {@link CallScope.race} when time ran out first. */
export const EXPIRED: unique symbol = Symbol("expired");

/** The limits of one request: its caller's signal and its deadline. Disposing it frees timer and listener. */
export class CallScope implements Disposable {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly #ended = new AbortController();
  readonly #stopped = Promise.withResolvers<typeof EXPIRED>();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal;

  /** Throws the signal's reason if it has aborted already. */
  constructor(timeoutMs: number, caller: AbortSignal) {
    caller.throwIfAborted();
    this.deadline = Date.now() + timeoutMs;
    this.#caller = caller;
    // Nobody need be waiting when the caller aborts.
    this.#stopped.promise.catch(() => undefined);
    this.#timer = setTimeout(() => {
      this.#ended.abort(new DOMException("The request took too long", "TimeoutError"));
      this.#stopped.resolve(EXPIRED);
    }, timeoutMs);
    caller.addEventListener("abort", this.#abort, { once: true });
  }

  /** Aborts when the caller does, and when time is up. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** The promise's result, or {@link EXPIRED}; rejects with the signal's reason when the caller aborts. */
  race<Result>(promise: Promise<Result>): Promise<Result | typeof EXPIRED> {
    return Promise.race([promise, this.#stopped.promise]);
  }

  /** Throws the reason if it was the caller who aborted. */
  throwIfCancelled(): void {
    this.#caller.throwIfAborted();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    this.#ended.abort(this.#caller.reason);
    this.#stopped.reject(this.#caller.reason);
  };
}
