import type { ProviderCapabilities, SecretResolver } from "@sluice/core";

/** A store's resolver. Retired, it serves who uses it already, and is closed after the last. */
export class OpenedStore {
  #users = 0;
  #retired = false;
  readonly #closed = Promise.withResolvers<void>();

  constructor(
    readonly resolver: SecretResolver,
    readonly capabilities: ProviderCapabilities,
  ) {}

  async use<Result>(work: (resolver: SecretResolver) => Promise<Result>): Promise<Result> {
    this.#users += 1;
    try {
      return await work(this.resolver);
    } finally {
      this.#users -= 1;
      this.#closeIfUnused();
    }
  }

  /** Resolves when it is closed. Whatever its provider throws at that is no sync's affair. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#closeIfUnused();
    await this.#closed.promise;
  }

  #closeIfUnused(): void {
    if (!this.#retired || this.#users > 0) return;
    this.resolver[Symbol.asyncDispose]().then(this.#closed.resolve, () => this.#closed.resolve());
  }
}
