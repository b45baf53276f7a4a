import { DisposedError } from "../errors/disposed-error.js";
import type { EventBus } from "../events/event-bus.js";
import type { ProviderDependencies, StoreDefinition } from "../provider/define-provider.js";
import { identityName } from "../provider/identity.js";
import type { ProviderContext } from "../provider/provider-context.js";
import type { SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import type { SecretRequest } from "../provider/secret-request.js";
import { inSpan } from "../telemetry/in-span.js";
import { checkOutcomes } from "./check-outcomes.js";
import { LeaseBook } from "./lease-book.js";

/** A store's provider, created at its first use, and watched at its work. */
export class ProviderHandle {
  /** What this provider's reads have issued. */
  readonly leases: LeaseBook = new LeaseBook();
  #provider: SecretProvider | undefined;
  #closed = false;

  constructor(
    readonly store: string,
    readonly definition: StoreDefinition,
    private readonly dependencies: ProviderDependencies,
    private readonly events: EventBus,
  ) {}

  /** Throws what the provider's `create` throws, and a {@link DisposedError} once it is closed. */
  get provider(): SecretProvider {
    if (this.#closed) throw new DisposedError();
    this.#provider ??= this.definition.create(this.dependencies);
    return this.#provider;
  }

  /** Calls the provider, checks what it answers, and tells how it went. */
  async resolve(
    requests: readonly SecretRequest[],
    attempt: number,
    context: ProviderContext,
  ): Promise<readonly SecretOutcome[]> {
    const attributes = {
      "sluice.store": this.store,
      "sluice.provider": this.definition.provider,
      "sluice.requests": requests.length,
      "sluice.attempt": attempt,
    };
    return inSpan("sluice.provider.resolve", attributes, async (describe) => {
      const startedAt = performance.now();
      let found = 0;
      try {
        const answers = await this.provider.resolve(requests, context);
        const outcomes = checkOutcomes(requests, answers, Date.now());
        for (const outcome of outcomes) {
          if (outcome.status !== "found") continue;
          found += 1;
          // Also when nobody waits for it any more: it was issued.
          if (outcome.lease !== undefined) this.leases.note(outcome.lease, context.identity);
        }
        return outcomes;
      } finally {
        describe({ "sluice.found": found });
        this.events.emit("provider-called", {
          store: this.store,
          provider: this.definition.provider,
          identity: identityName(context.identity),
          requests: requests.length,
          found,
          attempt,
          durationMs: performance.now() - startedAt,
          traceId: context.trace.id,
        });
      }
    });
  }

  /** Closes the provider if it was ever created; it is not created any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#provider?.[Symbol.asyncDispose]?.();
  }
}
