import type { ServiceIdentifier } from "inversify";
import type { EventBus } from "../events/event-bus.js";
import type { StoreDefinition } from "../provider/define-provider.js";
import type { RegisteredProvider } from "../provider/registered-provider.js";
import type { ResolverOptions } from "../resolve/resolver-options.js";
import type { SecretResolver } from "../resolve/secret-resolver.js";

/** A resolver's options as the container holds them; its event bus is a binding of its own. */
export type ResolverSettings = Omit<ResolverOptions<Readonly<Record<string, StoreDefinition>>>, "events">;

/**
 * Where the parts of Sluice are bound. Bind or rebind one to add, replace or decorate a part. The symbols are
 * registered, so that they are the same in every copy of this package.
 */
export const TOKENS: {
  /** Every provider that configurations can name; bound once for each. */
  readonly provider: ServiceIdentifier<RegisteredProvider>;
  readonly events: ServiceIdentifier<EventBus>;
  readonly resolverSettings: ServiceIdentifier<ResolverSettings>;
  readonly resolver: ServiceIdentifier<SecretResolver>;
} = {
  provider: Symbol.for("sluice.provider"),
  events: Symbol.for("sluice.events"),
  resolverSettings: Symbol.for("sluice.resolver-settings"),
  resolver: Symbol.for("sluice.resolver"),
};
