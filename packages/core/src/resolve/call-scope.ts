import { timerDelay } from "../util/timer-delay.js";

/** The result of {@link CallScope.race} when time ran out first. */
export const EXPIRED: unique symbol = Symbol("expired");

/** The limits of one request: whoever may cancel it, and its deadline. Disposing it frees timer and listeners. */
export class CallScope implements Disposable {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly #ended = new AbortController();
  readonly #stopped = Promise.withResolvers<typeof EXPIRED>();
  readonly #timer: NodeJS.Timeout;
  // Listened to one by one: a signal combined of them would outlive the call as long as they live.
  readonly #callers: readonly AbortSignal[];

  /** Throws a signal's reason if it has aborted already. */
  constructor(timeoutMs: number, callers: readonly AbortSignal[]) {
    this.#callers = callers;
    this.throwIfCancelled();
    this.deadline = Date.now() + timeoutMs;
    // Nobody need be waiting when a caller aborts.
    this.#stopped.promise.catch(() => undefined);
    this.#timer = setTimeout(() => {
      this.#stopped.resolve(EXPIRED);
      this.#ended.abort(new DOMException("The request took too long", "TimeoutError"));
    }, timerDelay(timeoutMs));
    for (const caller of callers) caller.addEventListener("abort", this.#abort, { once: true });
  }

  /** Aborts when a caller does, and when time is up. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** The promise's result, or {@link EXPIRED}; rejects with the signal's reason when a caller aborts. */
  race<Result>(promise: Promise<Result>): Promise<Result | typeof EXPIRED> {
    return Promise.race([promise, this.#stopped.promise]);
  }

  /** Throws the reason if it was a caller who aborted. */
  throwIfCancelled(): void {
    for (const caller of this.#callers) caller.throwIfAborted();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const caller of this.#callers) caller.removeEventListener("abort", this.#abort);
  }

  // What waits is told before those who do the work: their own way of giving up must not pass for an answer.
  readonly #abort = (): void => {
    const reason: unknown = this.#callers.find(({ aborted }) => aborted)?.reason;
    this.#stopped.reject(reason);
    this.#ended.abort(reason);
  };
}
