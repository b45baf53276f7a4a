import { refuse } from "../refusals.js";

/** The requests that are being answered. */
export class InFlight {
  #count = 0;

  constructor(private readonly most: number) {}

  get count(): number {
    return this.#count;
  }

  /** Dispose the result when the request is answered. @throws ProblemError `busy` */
  enter(): Disposable {
    if (this.#count >= this.most)
      throw refuse("busy", `${this.most} requests are being answered already`, { retryAfterSeconds: 1 });
    this.#count += 1;
    return { [Symbol.dispose]: () => void (this.#count -= 1) };
  }
}
