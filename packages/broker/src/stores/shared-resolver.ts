import type { SecretResolver } from "@sluice/core";

/** A resolver that stays open until this is disposed. */
export interface BorrowedResolver extends Disposable {
  readonly resolver: SecretResolver;
  /** Borrows it once more, to be disposed by itself. */
  again(): BorrowedResolver;
}

/** A resolver that requests use at the same time. Retired, it serves those it has and is closed after the last. */
export class SharedResolver {
  readonly #users = new Set<symbol>();
  #state: "open" | "retired" | "closed" = "open";
  readonly #closed = Promise.withResolvers<void>();

  constructor(readonly resolver: SecretResolver) {}

  /** Keeps it open until the result is disposed; `undefined` where it is closed already. */
  borrow(): BorrowedResolver | undefined {
    return this.#state === "closed" ? undefined : this.#lend();
  }

  #lend(): BorrowedResolver {
    const user = Symbol("user");
    this.#users.add(user);
    return {
      resolver: this.resolver,
      again: () => this.#lend(),
      [Symbol.dispose]: () => {
        this.#users.delete(user);
        this.#closeIfUnused();
      },
    };
  }

  /** Resolves when it is closed. Whatever its provider throws at that is no request's affair. */
  async retire(): Promise<void> {
    if (this.#state === "open") this.#state = "retired";
    this.#closeIfUnused();
    await this.#closed.promise;
  }

  #closeIfUnused(): void {
    if (this.#state !== "retired" || this.#users.size > 0) return;
    this.#state = "closed";
    this.resolver[Symbol.asyncDispose]().then(this.#closed.resolve, () => this.#closed.resolve());
  }
}
