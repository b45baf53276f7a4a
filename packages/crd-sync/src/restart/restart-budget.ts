/** So many restarts a minute, at once or spread. */
export class RestartBudget {
  readonly #taken: number[] = [];

  constructor(private readonly perMinute: number) {}

  /** Takes one, or says when there is one again, in milliseconds since the epoch. */
  take(now: number): number | undefined {
    while (this.#taken[0] !== undefined && this.#taken[0] <= now - 60_000) this.#taken.shift();
    if (this.#taken.length >= this.perMinute) return (this.#taken[0] ?? now) + 60_000;
    this.#taken.push(now);
    return undefined;
  }
}
