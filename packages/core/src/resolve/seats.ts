/** Who waits for one call, and until when. */
export class Seats {
  #taken = 0;
  #deadline = 0;
  readonly #emptied = new AbortController();

  /** Aborts when the last of those who waited has left. */
  get signal(): AbortSignal {
    return this.#emptied.signal;
  }

  /** When the most patient of them gives up, in milliseconds since the epoch. */
  get deadline(): number {
    return this.#deadline;
  }

  take(deadline: number): void {
    this.#taken += 1;
    this.#deadline = Math.max(this.#deadline, deadline);
  }

  leave(): void {
    this.#taken -= 1;
    if (this.#taken === 0) this.#emptied.abort(new DOMException("Nobody waits for the answer", "AbortError"));
  }
}
