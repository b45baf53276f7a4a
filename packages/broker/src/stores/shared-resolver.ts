import type { SecretResolver } from "@sluice/core";

/** A resolver that stays open until this is disposed. */
export interface BorrowedResolver extends Disposable {
  readonly resolver: SecretResolver;
  /** Borrows it once more, to be disposed by itself. */
  again(): BorrowedResolver;
}

/** A resolver that requests use at the same time. Retired, it serves those it has and is closed after the last. */
export class SharedResolver {
  #users = 0;
  #retired = false;
  readonly #closed = Promise.withResolvers<void>();

  constructor(readonly resolver: SecretResolver) {}

  /** Keeps it open until the result is disposed. */
  borrow(): BorrowedResolver {
    this.#users += 1;
    return {
      resolver: this.resolver,
      again: () => this.borrow(),
      [Symbol.dispose]: () => {
        this.#users -= 1;
        if (this.#retired) this.#closeIfUnused();
      },
    };
  }

  /** Resolves when it is closed. Whatever its provider throws at that is no request's affair. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#closeIfUnused();
    await this.#closed.promise;
  }

  #closeIfUnused(): void {
    if (this.#users > 0) return;
    this.resolver[Symbol.asyncDispose]().then(this.#closed.resolve, () => this.#closed.resolve());
  }
}
