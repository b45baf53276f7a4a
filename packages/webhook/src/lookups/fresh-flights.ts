/**
 * Shares reads without ever showing a state from before one was asked for: who asks while a read is under way does
 * not join it, for what he knows of may have come later; all who wait share the next.
 */
export class FreshFlights<Value> {
  readonly #lines = new Map<string, Line<Value>>();

  async read(key: string, read: () => Promise<Value>): Promise<Value> {
    const line = this.#lines.get(key);
    if (line === undefined) return this.#fly(key, {}, read);
    line.next ??= line.current?.then(noop, noop).then(async () => this.#fly(key, line, read));
    return line.next as Promise<Value>;
  }

  async #fly(key: string, line: Line<Value>, read: () => Promise<Value>): Promise<Value> {
    this.#lines.set(key, line);
    delete line.next;
    const current = read();
    line.current = current;
    try {
      return await current;
    } finally {
      if (line.current === current && line.next === undefined) this.#lines.delete(key);
    }
  }
}

interface Line<Value> {
  current?: Promise<Value>;
  next?: Promise<Value> | undefined;
}

function noop(): void {}
