/** Values by key, the most recently used of them. */
export class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of this key, made if there is none. */
  get(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    // A map remembers the order of insertion: the first is the one unused for longest.
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#most && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
