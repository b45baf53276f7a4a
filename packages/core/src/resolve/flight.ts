import type { SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretRequest } from "../provider/secret-request.js";

/** One read under way, and those who wait for it. */
export class Flight {
  readonly #answer = Promise.withResolvers<SecretOutcome>();
  #waiting = 0;
  #deadline = 0;
  /** Called when the last of those who wait has left. */
  onAbandoned: () => void = () => undefined;

  constructor(readonly request: SecretRequest) {}

  get answer(): Promise<SecretOutcome> {
    return this.#answer.promise;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** When the most patient of those who wait gives up, in milliseconds since the epoch. */
  get deadline(): number {
    return this.#deadline;
  }

  deliver(outcome: SecretOutcome): void {
    this.#answer.resolve(outcome);
  }

  /** Waits until `deadline`; dispose the result to leave. */
  join(deadline: number): Disposable {
    this.#waiting += 1;
    this.#deadline = Math.max(this.#deadline, deadline);
    return {
      [Symbol.dispose]: () => {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.onAbandoned();
      },
    };
  }
}
