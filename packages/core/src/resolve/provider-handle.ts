import type { EventBus } from "../events/event-bus.js";
import type { ProviderDependencies, StoreDefinition } from "../provider/define-provider.js";
import { identityName } from "../provider/identity.js";
import type { ProviderContext } from "../provider/provider-context.js";
import type { SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import type { SecretRequest } from "../provider/secret-request.js";

/** A store's provider, created at its first use, and watched at its work. */
export class ProviderHandle {
  #provider: SecretProvider | undefined;

  constructor(
    readonly store: string,
    readonly definition: StoreDefinition,
    private readonly dependencies: ProviderDependencies,
    private readonly events: EventBus,
  ) {}

  /** Throws what the provider's `create` throws. */
  get provider(): SecretProvider {
    this.#provider ??= this.definition.create(this.dependencies);
    return this.#provider;
  }

  /** Calls the provider and tells how it went. */
  async resolve(
    requests: readonly SecretRequest[],
    attempt: number,
    context: ProviderContext,
  ): Promise<readonly SecretOutcome[]> {
    const startedAt = performance.now();
    let found = 0;
    try {
      const outcomes = await this.provider.resolve(requests, context);
      found = outcomes.filter(({ status }) => status === "found").length;
      return outcomes;
    } finally {
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
  }

  async close(): Promise<void> {
    await this.#provider?.[Symbol.asyncDispose]?.();
  }
}
