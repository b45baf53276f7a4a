import type { ServiceIdentifier } from "inversify";
import type { EventBus } from "../events/event-bus.js";
import type { AnyProvider, StoreDefinition } from "../provider/define-provider.js";
import type { ResolverOptions } from "../resolve/resolver-options.js";
import type { SecretResolver } from "../resolve/secret-resolver.js";

/** Stores by name. */
export type Stores = Readonly<Record<string, StoreDefinition>>;

/** How a resolver works, apart from what has a token of its own. */
export type ResolverSettings = Omit<ResolverOptions<Stores>, "stores" | "events">;

// Registered symbols, so that a token is the same in every copy of this package.

/** Every provider that configuration may name; bound once for each. */
export const PROVIDER: ServiceIdentifier<AnyProvider> = Symbol.for("sluice.provider");

/** The stores the resolver reads from. */
export const STORES: ServiceIdentifier<Stores> = Symbol.for("sluice.stores");

/** The resolver's settings. */
export const RESOLVER_SETTINGS: ServiceIdentifier<ResolverSettings> = Symbol.for("sluice.resolver-settings");

/** Where all events go. */
export const EVENT_BUS: ServiceIdentifier<EventBus> = Symbol.for("sluice.event-bus");

/** The resolver, one for all; disposed when its binding is. */
export const RESOLVER: ServiceIdentifier<SecretResolver> = Symbol.for("sluice.resolver");
