import type { SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretRequest } from "../provider/secret-request.js";
import type { Seats } from "./seats.js";

/** One read under way, in a call that it may share with others. */
export class Flight {
  readonly #answer = Promise.withResolvers<SecretOutcome>();
  #waiting = 0;

  /**
   * @param key what it reads and for whom
   * @param seats of the call it is part of
   */
  constructor(
    readonly key: string,
    readonly request: SecretRequest,
    private readonly seats: Seats,
  ) {}

  get answer(): Promise<SecretOutcome> {
    return this.#answer.promise;
  }

  /** Whether anybody waits for the answer. */
  get wanted(): boolean {
    return this.#waiting > 0;
  }

  deliver(outcome: SecretOutcome): void {
    this.#answer.resolve(outcome);
  }

  /** Waits until `deadline`; dispose the result to leave. */
  join(deadline: number): Disposable {
    this.#waiting += 1;
    this.seats.take(deadline);
    return {
      [Symbol.dispose]: () => {
        this.#waiting -= 1;
        this.seats.leave();
      },
    };
  }
}
