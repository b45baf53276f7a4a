import { refuse } from "../refusals.js";

/**
 * The requests that are being answered. The last quarter of the places is for namespaces that have less than a
 * quarter: one whose store is slow must not take the broker from all others.
 */
export class InFlight {
  #count = 0;
  readonly #shares = new Map<string, number>();
  readonly #reserved: number;

  constructor(private readonly most: number) {
    this.#reserved = Math.floor(most / 4);
  }

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

  /** Counts a request that has entered for its namespace. Dispose the result likewise. @throws ProblemError `busy` */
  share(namespace: string): Disposable {
    const own = this.#shares.get(namespace) ?? 0;
    if (this.#count > this.most - this.#reserved && own >= this.#reserved)
      throw refuse("busy", `${own} requests of namespace ${namespace} are being answered already`, {
        retryAfterSeconds: 1,
      });
    this.#shares.set(namespace, own + 1);
    return {
      [Symbol.dispose]: () => {
        const left = (this.#shares.get(namespace) ?? 1) - 1;
        if (left > 0) this.#shares.set(namespace, left);
        else this.#shares.delete(namespace);
      },
    };
  }
}
